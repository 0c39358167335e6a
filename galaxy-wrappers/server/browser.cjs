// The way of a user through Galaxy: log in, upload a file, fill in the form of `subset`, run it, look at the result.
// Values are then checked through the API. Screenshots go to $RESULTS.
const { chromium } = require('playwright-core');
const fs = require('fs');
const path = require('path');

const { GALAXY_URL: url, GALAXY_KEY: key, GALAXY_EMAIL: email, GALAXY_PASSWORD: password, RESULTS: results } = process.env;
const file = path.join(process.env.TEST_DATA, 'air_temperature_small.nc');
const minute = 60000;

async function api(place, options = {}) {
  const headers = { 'x-api-key': key, 'Content-Type': 'application/json', ...options.headers };
  const answer = await fetch(url + place, { ...options, headers });
  if (!answer.ok) throw new Error(`${place}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
  return answer;
}

function check(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`ok: ${what}`);
}

async function login(page) {
  await page.goto(`${url}/login/start`, { timeout: 3 * minute });
  await page.fill('input[name=login]', email);
  await page.fill('input[name=password]', password);
  await page.click('button[name=login]');
  await page.waitForSelector('#current-history-panel, .history-index', { timeout: 2 * minute });
}

// Through the upload dialog, as a user does it.
async function upload(page) {
  await page.click('#activity-upload, .upload-button, [id="tool-panel-upload-button"]', { timeout: minute });
  const chooser = page.waitForEvent('filechooser', { timeout: minute });
  await page.click('#btn-local, button:has-text("Choose local file")', { timeout: minute });
  await (await chooser).setFiles(file);
  await page.click('#btn-start:not([disabled]), button:has-text("Start"):not([disabled])', { timeout: minute });
  await page.waitForSelector('.content-item[data-state="ok"]:has-text("air_temperature_small.nc")', { timeout: 2 * minute });
  await page.keyboard.press('Escape');
}

async function choose(page, parameter, label) {
  const box = page.locator(`div[id="form-element-${parameter}"]`);
  await box.locator('.multiselect').first().click();
  await box.locator(`.multiselect__element:has-text("${label}")`).first().click();
}

async function fill(page, parameter, value) {
  const input = page.locator(`div[id="form-element-${parameter}"] input[type=text], div[id="form-element-${parameter}"] input[type=number], div[id="form-element-${parameter}"] input:not([type])`);
  await input.first().fill(String(value));
}

async function form(page) {
  await page.goto(`${url}/?tool_id=pangeo_subset`, { timeout: 3 * minute });
  await page.waitForSelector('button:has-text("Run Tool")', { timeout: minute });
  await choose(page, 'select|which', 'type their names');
  await fill(page, 'select|variable', 'air');
  await fill(page, 'period|time', '2014-02-25/2014-02-26');
  await choose(page, 'area|kind', 'A box of longitudes');
  for (const [side, degrees] of [['west', -125], ['east', -100], ['south', 30], ['north', 50]]) {
    await fill(page, `area|${side}`, degrees);
  }
  await page.screenshot({ path: path.join(results, 'form.png'), fullPage: false });
}

async function run(page) {
  await page.locator('#execute, button:has-text("Run Tool")').first().click();
  const green = '.content-item[data-state="ok"]:has-text("Cut out or convert")';
  await page.waitForSelector(green, { timeout: 3 * minute });
  await page.locator(green).first().click();
  await page.waitForTimeout(3000);
  await page.screenshot({ path: path.join(results, 'result.png') });
}

async function datasets(history) {
  return (await api(`/api/histories/${history}/contents?v=dev&order=hid-asc`)).json();
}

// What `inspect --list` says of the result, run in Galaxy.
async function listed(history, dataset, kind) {
  const inputs = {
    'source|where': 'history', 'source|input': { src: 'hda', id: dataset }, 'report|kind': 'list', 'report|list': kind,
  };
  const body = JSON.stringify({ history_id: history, tool_id: 'pangeo_inspect', inputs });
  const made = await (await api('/api/tools', { method: 'POST', body })).json();
  const output = made.outputs[0].id;
  for (let i = 0; i < 120; i += 1) {
    const { state } = await (await api(`/api/datasets/${output}`)).json();
    if (state === 'ok') return (await api(`/api/datasets/${output}/display`)).text();
    if (state === 'error') throw new Error(`inspect failed on ${dataset}`);
    await new Promise((done) => setTimeout(done, 1000));
  }
  throw new Error('inspect did not end');
}

(async () => {
  fs.mkdirSync(results, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  const page = await (await browser.newContext({ viewport: { width: 1400, height: 1000 } })).newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  try {
    await login(page);
    await upload(page);
    await form(page);
    await run(page);
    const history = (await (await page.request.get(`${url}/history/current_history_json`)).json()).id;
    const result = (await datasets(history)).filter((d) => d.name.startsWith('Cut out or convert')).pop();
    const whole = await (await api(`/api/datasets/${result.id}`)).json();
    check(whole.state === 'ok' && whole.extension === 'netcdf', 'the result is a green netCDF dataset');
    const coordinates = await listed(history, result.id, 'coordinates');
    check(/^lat\tY\t9\tdegrees_north\t50\t30$/m.test(coordinates), 'latitudes 50 to 30');
    check(/^lon\tX\t11\tdegrees_east\t-125\t-100$/m.test(coordinates), 'longitudes -125 to -100');
    const times = (await listed(history, result.id, 'times')).trim().split('\n');
    check(times.length === 8 && times[0] === '2014-02-25T00:00:00' && times[7] === '2014-02-26T18:00:00', 'two days');
    check(errors.length === 0, `no script failed in the page ${errors.join('; ')}`);
  } catch (error) {
    await page.screenshot({ path: path.join(results, 'failure.png') });
    console.error(error.message, errors.join('\n'));
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
})();

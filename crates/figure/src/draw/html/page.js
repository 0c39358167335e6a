(() => {
  const frames = [...document.querySelectorAll("#frames figure")];
  const player = document.getElementById("player");
  if (frames.length < 2 || !player) return;
  const [slider, play, count] = ["slider", "play", "count"].map((id) => document.getElementById(id));
  const delay = Number(player.dataset.delay);
  let at = 0;
  let timer = 0;
  const show = (index) => {
    frames[at].classList.remove("on");
    at = (index + frames.length) % frames.length;
    frames[at].classList.add("on");
    slider.value = at;
    slider.setAttribute("aria-valuetext", frames[at].dataset.caption);
    count.textContent = `${at + 1} / ${frames.length}`;
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const start = () => {
    timer = setInterval(() => show(at + 1), delay);
    play.textContent = "Pause";
  };
  const toggle = () => (timer ? stop() : start());
  const step = (index) => {
    stop();
    show(index);
  };
  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => step(Number(slider.value)));
  document.getElementById("back").addEventListener("click", () => step(at - 1));
  document.getElementById("on").addEventListener("click", () => step(at + 1));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const moves = { ArrowLeft: () => step(at - 1), ArrowRight: () => step(at + 1), Home: () => step(0), End: () => step(-1) };
    const onButton = event.target instanceof HTMLButtonElement;
    const move = event.key === " " && !onButton ? toggle : moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  document.getElementById("frames").classList.add("moving");
  player.hidden = false;
  show(0);
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) start();
})();

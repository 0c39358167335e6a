use std::time::Duration;

use super::super::*;

/// Frames of 40 × 30 pixels: a moving square on many colours.
fn frame(number: usize) -> Image {
    let colour = |x: usize, y: usize| {
        let inside = (number * 4..number * 4 + 6).contains(&x) && (10..16).contains(&y);
        if inside { [200, 10, 30, 255] } else { [(x * 6) as u8, (y * 8) as u8, (x * y) as u8, 255] }
    };
    let rgba = (0..30).flat_map(|y| (0..40).flat_map(move |x| colour(x, y))).collect();
    Image { width: 40, height: 30, rgba }
}

fn frames(count: usize) -> impl Iterator<Item = crate::Result<Image>> {
    (0..count).map(|number| Ok(frame(number)))
}

#[test]
fn gif_frames_decode_to_what_they_were() {
    let mut file = Vec::new();
    assert_eq!(gif(&mut file, &mut frames(5), Duration::from_millis(120)).unwrap(), 5);
    let mut options = ::gif::DecodeOptions::new();
    options.set_color_output(::gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(&file[..]).unwrap();
    let mut canvas = vec![0; 40 * 30 * 4];
    let mut count = 0;
    while let Some(part) = decoder.read_next_frame().unwrap() {
        assert_eq!((part.delay, count == 0 || part.width < 40), (12, true));
        for (index, pixel) in part.buffer.chunks_exact(4).enumerate().filter(|(_, pixel)| pixel[3] > 0) {
            let (x, y) = (index % part.width as usize, index / part.width as usize);
            let place = 4 * ((y + part.top as usize) * 40 + x + part.left as usize);
            canvas[place..place + 4].copy_from_slice(pixel);
        }
        let wanted = frame(count);
        let apart: i32 =
            canvas.iter().zip(&wanted.rgba).map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs()).max().unwrap();
        assert!(apart < 32, "frame {count}: {apart}");
        count += 1;
    }
    assert_eq!((count, decoder.repeat()), (5, ::gif::Repeat::Infinite));
}

#[test]
fn apng_frames_decode_to_what_they_were() {
    let mut file = Vec::new();
    apng(&mut file, 4, &mut frames(4), Duration::from_millis(250)).unwrap();
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
    assert_eq!(reader.info().animation_control.map(|control| (control.num_frames, control.num_plays)), Some((4, 0)));
    let mut canvas = vec![0; 40 * 30 * 3];
    for number in 0..4 {
        let mut part = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut part).unwrap();
        let control = *reader.info().frame_control().unwrap();
        assert_eq!((control.delay_num, control.delay_den), (250, 1000));
        let [left, top, width] = [control.x_offset, control.y_offset, control.width].map(|value| value as usize);
        for (row, pixels) in part.chunks_exact(width * 3).take(control.height as usize).enumerate() {
            let place = 3 * ((row + top) * 40 + left);
            canvas[place..place + width * 3].copy_from_slice(pixels);
        }
        let wanted: Vec<u8> = frame(number).rgba.chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        assert_eq!(canvas, wanted, "frame {number}");
    }
}

#[test]
fn frames_that_do_not_fit_are_errors() {
    let other = Image { width: 2, height: 1, rgba: vec![0; 8] };
    let mixed = || vec![Ok(frame(0)), Ok(other.clone())].into_iter();
    let delay = Duration::from_millis(100);
    let sink = &mut std::io::sink();
    for (error, expected) in [
        (gif(sink, &mut mixed(), delay).err(), "cannot encode GIF: a frame of 2 × 1 pixels after one of 40 × 30"),
        (apng(sink, 2, &mut mixed(), delay).err(), "cannot encode APNG: a frame of 2 × 1 pixels after one of 40 × 30"),
        (gif(sink, &mut frames(0), delay).err(), "cannot encode GIF: there are no frames"),
        (apng(sink, 3, &mut frames(2), delay).err(), "cannot encode APNG: 2 frames instead of 3"),
    ] {
        assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(expected));
    }
}

#[test]
fn frames_that_do_not_change_are_kept() {
    let mut file = Vec::new();
    let still = || (0..3).map(|_| Ok(frame(0)));
    assert_eq!(gif(&mut file, &mut still(), Duration::ZERO).unwrap(), 3);
    apng(&mut file, 3, &mut still(), Duration::MAX).unwrap();
}

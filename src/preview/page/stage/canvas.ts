import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** Rises when the pictures have another size. */
const resized = signal(0);

/**
 * Draws again whenever something it depends on changes, in the same frame as what is beside it; `draw` gets a square of that
 * many pixels.
 */
export function useCanvas(draw: (context: CanvasRenderingContext2D, size: number) => void) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Read, so that the view is drawn again.
  const { value: _ } = resized;
  useLayoutEffect(() => {
    const { current } = canvas;
    const context = current?.getContext('2d');
    if (!current || !context) return;
    const size = Math.max(128, Math.round(current.clientWidth * Math.min(2, devicePixelRatio)));
    if (current.width !== size) {
      current.width = size;
      current.height = size;
    }
    draw(context, size);
  });
  return canvas;
}

/** Follows the size of an element whose pictures are drawn as large as they are shown. */
export function useResizing() {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      resized.value++;
    });
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return element;
}

import { normalizeProps, useMachine } from '@zag-js/preact';
import * as slider from '@zag-js/slider';
import type { ComponentChildren } from 'preact';

interface SliderProps {
  readonly id: string;
  /** A name for each thumb. */
  readonly labels: readonly string[];
  readonly values: readonly number[];
  readonly max: number;
  /** What a value is called by a screen reader. */
  readonly says: (value: number) => string;
  readonly change: (values: readonly number[]) => void;
  readonly apart?: number;
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}

/** One or more thumbs on a scale from 0 to `max`, whose ends are the element's: sliders of one width have one scale. */
export function Slider({
  id,
  labels,
  values,
  max,
  says,
  change,
  apart = 0,
  disabled,
  children,
}: SliderProps) {
  const service = useMachine(slider.machine, {
    id,
    'aria-label': [...labels],
    value: [...values],
    min: 0,
    max: Math.max(1, max),
    step: 1,
    largeStep: 10,
    minStepsBetweenThumbs: apart,
    thumbAlignment: 'center',
    disabled,
    getAriaValueText: ({ value }) => says(value),
    onValueChange: ({ value }) => change(value),
  });
  const api = slider.connect(service, normalizeProps);
  return (
    <div {...api.getRootProps()} class={`slider ${id}`}>
      <div {...api.getControlProps()} class="control">
        {children}
        <div {...api.getTrackProps()} class="track">
          <div {...api.getRangeProps()} class="range" />
        </div>
        {values.map((_, index) => (
          <div key={labels[index]} {...api.getThumbProps({ index })} class={`thumb thumb-${index}`}>
            <span />
          </div>
        ))}
      </div>
    </div>
  );
}

// Numbers as people read them: a true minus, thousands apart, and a dash for what is not known.

const UNKNOWN = "–";
const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

/** `-0.0714` with 2 digits is "−0.07". */
export function fixed(value, digits = 2) {
  if (!known(value)) return UNKNOWN;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** The same with a sign in front of rises too. */
export function signed(value, digits = 2) {
  const text = fixed(value, digits);
  return known(value) && value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** A share as a percentage. */
export const percent = (share, digits = 0) => (known(share) ? `${fixed(share * 100, digits)} %` : UNKNOWN);

/** A difference of shares, in percentage points, without the word. */
export const points = (difference, digits = 1) => (known(difference) ? signed(difference * 100, digits) : UNKNOWN);

/** Thousands apart: 50,000. */
export const whole = (value) => (known(value) ? Math.round(value).toLocaleString("en-US").replace("-", "−") : UNKNOWN);

/** Three figures that count, for the values of sliders. */
export function short(value) {
  if (!known(value)) return UNKNOWN;
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** Large counts in words' length: 1.9 G is nothing to say in class, so millions and billions are spelled by `words`. */
export function large(value, words) {
  if (!known(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size >= words.big) return words.say(value / words.big, "big");
  if (size >= words.middle) return words.say(value / words.middle, "middle");
  return whole(value);
}

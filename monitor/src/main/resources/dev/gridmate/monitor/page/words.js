// Numbers, lengths of time and moments, as people read them.

const UNKNOWN = '–';

function scaled(value, step, units) {
  let unit = 0;
  while (Math.abs(value) >= step && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  const digits = unit === 0 && Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return (value.toFixed(digits) + ' ' + units[unit]).trim();
}

function known(value, words) {
  return value === null || value === undefined || Number.isNaN(value) ? UNKNOWN : words(value);
}

export function count(value) {
  return known(value, number => (number < 10_000 && Number.isInteger(number)
    ? String(number)
    : scaled(number, 1000, ['', 'k', 'M', 'G', 'T'])));
}

export function bytes(value) {
  return known(value, number => scaled(number, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']));
}

export function perSecond(value) {
  return known(value, number => count(number) + '/s');
}

export function bytesPerSecond(value) {
  return known(value, number => bytes(number) + '/s');
}

/** A length of time, from nanoseconds. */
export function duration(nanos) {
  return known(nanos, value => {
    if (value < 60e9) {
      return value === 0 ? '0 s' : scaled(value, 1000, ['ns', 'µs', 'ms', 's']);
    }
    const seconds = Math.floor(value / 1e9);
    const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
    const first = units.findIndex(([size]) => seconds >= size);
    const [size, name] = units[first];
    const rest = Math.floor(seconds % size / units[first + 1][0]);
    return `${Math.floor(seconds / size)} ${name}` + (rest === 0 ? '' : ` ${rest} ${units[first + 1][1]}`);
  });
}

export function percent(share) {
  return known(share, value => (value * 100).toFixed(value < 0.1 ? 2 : 1) + ' %');
}

/** The time of day of a moment, as the reader's clock has it. */
export function clock(moment) {
  return known(moment, value => new Date(value).toLocaleTimeString([], {hour12: false}));
}

/** SLOW_CONSUMER becomes "slow consumer". */
export function spoken(name) {
  return known(name, value => value.toLowerCase().replaceAll('_', ' '));
}

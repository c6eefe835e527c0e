// Line charts of the last five minutes, drawn by uPlot.

import {bytes, bytesPerSecond, count, duration, perSecond} from './words.js';

const SPAN_SECONDS = 300;
const HEIGHT = 150;
const MOST_LINES = 6;

/** Steps of an axis of bytes are round in their units, too. */
const POWERS_OF_TWO = Array.from({length: 50}, (each, power) => 2 ** power);

/** Which charts there are: each has a title, and how to write a value. One that is optional is hidden while it has no lines. */
export const CHARTS = [
  {key: 'connections', title: 'Connections', write: count},
  {key: 'traffic', title: 'Packets or messages', write: perSecond},
  {key: 'datagrams', title: 'Datagrams', write: perSecond, isOptional: true},
  {key: 'bytes', title: 'Bytes', write: bytesPerSecond, steps: POWERS_OF_TWO, isOptional: true},
  {key: 'update', title: 'Duration of an update', write: duration},
  {key: 'waiting', title: 'Waiting bytes', write: bytes, steps: POWERS_OF_TWO},
  {key: 'ends', title: 'Ends by reason', write: perSecond},
];

/** What the charts of one driver show: for each chart the lines, for each line a value at each time. */
export class History {
  constructor() {
    this.times = [];
    this.lines = new Map(CHARTS.map(chart => [chart.key, new Map()]));
  }

  /** Adds values: {connections: {established: 5}, ...}. A line that has no value now has a gap. */
  add(time, values) {
    this.times.push(time);
    const old = this.times.findIndex(each => each >= time - SPAN_SECONDS);
    this.times.splice(0, old);
    for (const [key, lines] of this.lines) {
      const now = values[key] ?? {};
      for (const name of Object.keys(now)) {
        if (!lines.has(name) && lines.size < MOST_LINES) {
          lines.set(name, new Array(this.times.length - 1 + old).fill(null));
        }
      }
      for (const [name, line] of lines) {
        line.push(now[name] ?? null);
        line.splice(0, old);
      }
    }
  }

  /** A moment without values: the lines are broken there. */
  addGap(time) {
    this.add(time, {});
  }
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

class Chart {
  constructor(place, {title, write, key, steps, isOptional}) {
    this.steps = steps;
    this.isOptional = isOptional;
    this.key = key;
    this.title = title;
    this.write = write;
    this.figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = title;
    this.canvas = document.createElement('div');
    this.canvas.setAttribute('role', 'img');
    this.figure.append(caption, this.canvas);
    place.append(this.figure);
    this.names = [];
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.canvas);
  }

  size() {
    return {width: Math.max(200, this.canvas.clientWidth), height: HEIGHT};
  }

  draw(history) {
    const lines = history.lines.get(this.key);
    this.figure.hidden = lines.size === 0 && this.isOptional;
    if (this.figure.hidden) {
      return;
    }
    const names = [...lines.keys()];
    const data = [history.times, ...lines.values()];
    this.describe(lines);
    if (this.plot && names.join() === this.names.join()) {
      this.plot.setData(data);
    } else {
      this.forget();
      this.names = names;
      this.plot = new uPlot(this.options(names), data, this.canvas);
    }
    requestAnimationFrame(() => showNewest(this.plot)); // uPlot empties the legend when it has drawn
  }

  /** For those that do not see the lines: what they are now. */
  describe(lines) {
    const now = [...lines].map(([name, line]) => `${name} ${this.write(line.at(-1))}`);
    this.canvas.setAttribute('aria-label', `${this.title}: ${now.join(', ') || 'none yet'}`);
  }

  forget() {
    this.plot?.destroy();
    this.plot = null;
  }

  options(names) {
    const axis = {
      stroke: colour('--quiet'),
      grid: {stroke: colour('--grid'), width: 1},
      ticks: {show: false},
      font: '12px system-ui, sans-serif',
    };
    return {
      ...this.size(),
      padding: [10, 28, 0, 0],
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 6}},
      scales: {
        x: {range: timesShown},
        y: {range: (plot, least, most) => [0, most > 0 ? most * 1.1 : 1]},
      },
      axes: [
        {...axis, size: 26, space: 90, values: (plot, times) => times.map(clockOf)},
        {...axis, size: 76, space: 32, incrs: this.steps, values: (plot, values) => values.map(this.write)},
      ],
      series: [
        {value: (plot, time) => (time === null ? '' : clockOf(time))},
        ...names.map((name, index) => ({
          label: name,
          stroke: colour(`--line-${index + 1}`),
          width: 2,
          dash: index === 1 ? [5, 4] : undefined, // in and out are often the same: the one behind shows through
          points: {show: false},
          value: (plot, value) => this.write(value),
        })),
      ],
    };
  }
}

/** While nobody points at a moment, the legend has the newest values. */
function showNewest(plot) {
  if (plot && plot.cursor.left < 0) {
    plot.setLegend({idx: plot.data[0].length - 1}, false);
  }
}

/** The last minute at first, and five minutes in the end. */
function timesShown(plot, first) {
  const now = Date.now() / 1000;
  return [Math.max(now - SPAN_SECONDS, Math.min(first ?? now, now - 60)), now];
}

function clockOf(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], {hour12: false});
}

/** All charts of the page. */
export class Charts {
  constructor(place) {
    this.charts = CHARTS.map(chart => new Chart(place, chart));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.charts.forEach(chart => chart.forget());
      this.draw(this.history);
    });
  }

  draw(history) {
    this.history = history;
    if (!history) {
      return;
    }
    this.charts.forEach(chart => chart.draw(history));
  }
}

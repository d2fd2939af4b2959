// Lines over time, by uPlot: hover tells values, drag zooms, a double click shows all again.
import { zone } from '/parts.js';

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Steps of an axis that counts. */
const WHOLE = Array.from({ length: 10 }, (_, i) => [1, 2, 5].map((it) => it * 10 ** i)).flat();

/**
 * A plot in its own element.
 * @param options {height, stacked, whole: there are no halves, lines: [{label, color (a token), fill}], format(value), told(values at the pointer, or null)}
 */
export class Plot {
  #plot = null;
  #data = null;
  #options;
  #element;
  #resize;
  #scheme = matchMedia('(prefers-color-scheme: dark)');
  #again = () => this.#draw(true);

  constructor(options) {
    this.#options = options;
    this.#resize = new ResizeObserver(() => {
      if (this.#plot && this.#element.clientWidth) this.#plot.setSize({ width: this.#element.clientWidth, height: this.#options.height });
    });
    this.#scheme.addEventListener('change', this.#again);
  }

  /** Where it is drawn; called after each drawing of the page. */
  into(element) {
    if (element === this.#element) return;
    this.#element = element;
    this.#resize.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
    if (element) {
      this.#resize.observe(element);
      this.#draw(true);
    }
  }

  /** New values: [seconds, line, line, ...]; with other lines than before, give these too. */
  set(data, lines) {
    const other = lines && JSON.stringify(lines) !== JSON.stringify(this.#options.lines);
    if (lines) this.#options.lines = lines;
    this.#data = this.#options.stacked ? stack(data) : data;
    this.#draw(other);
  }

  close() {
    this.#scheme.removeEventListener('change', this.#again);
    this.into(null);
  }

  #draw(anew) {
    if (!this.#element || !this.#data) return;
    if (this.#plot && !anew) {
      this.#plot.setData(this.#data);
      return;
    }
    this.#plot?.destroy();
    const { height, lines, format, told, stacked, whole } = this.#options;
    const quiet = token('quiet');
    const grid = { stroke: token('line'), width: 1 };
    const font = `11px ${token('sans')}`;
    this.#plot = new globalThis.uPlot(
      {
        width: this.#element.clientWidth || 300,
        height,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        tzDate: (seconds) => globalThis.uPlot.tzDate(new Date(seconds * 1e3), zone),
        scales: { y: { range: (_, least, most) => [0, most > 0 ? most * 1.08 : 1] } },
        axes: [
          { stroke: quiet, grid: { show: false }, ticks: { show: false }, font, size: 24, gap: 4, space: 70, values: (_, times) => times.map((it) => new Date(it * 1e3).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })) },
          { stroke: quiet, grid, ticks: { show: false }, font, size: 48, ...(whole ? { incrs: WHOLE } : {}), space: height > 150 ? 34 : 22, values: (_, all) => all.map(format) },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: token(line.color),
            width: line.color === 'before' ? 1 : 1.75,
            fill: stacked ? `${token(line.color)}55` : undefined,
            points: { show: true, size: 3, filter: alone, fill: token(line.color) },
          })),
        ],
        bands: stacked ? lines.slice(1).map((_, i) => ({ series: [i + 2, i + 1] })) : undefined,
        hooks: {
          setCursor: [
            (plot) => {
              const at = plot.cursor.idx;
              told(at === null || at === undefined ? null : { seconds: this.#data[0][at], values: this.#unstacked(at) });
            },
          ],
        },
      },
      this.#data,
      this.#element,
    );
    this.#plot.root.setAttribute('aria-hidden', 'true');
  }

  #unstacked(at) {
    return this.#data.slice(1).map((line, i) => (line[at] === null ? null : line[at] - (this.#options.stacked && i > 0 ? (this.#data[i][at] ?? 0) : 0)));
  }
}

/** A value without a neighbour is no line: it is drawn as a point. */
function alone(plot, line) {
  const values = plot.data[line];
  return values.flatMap((value, i) => (value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : []));
}

/** Each line on top of those before it. */
function stack(data) {
  const sums = data[0].map(() => 0);
  return [
    data[0],
    ...data.slice(1).map((line) =>
      line.map((value, i) => {
        sums[i] += value ?? 0;
        return value === null && sums[i] === 0 ? null : sums[i];
      }),
    ),
  ];
}

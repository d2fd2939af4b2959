// How it goes: four numbers with their lines, outcomes, scripts, links, the last reload.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { get, segment } from '/client.js';
import { clockText, count, duration, empty, every, Fetched, time } from '/parts.js';
import { Plot } from '/plots.js';
import { words } from '/words.js';

const MINUTES = 60;
const STEP = 10;
const EVERY = 10_000;
const COLORS = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6', 'series-7'];
const OUTCOMES = ['responded', 'declined', 'acknowledged', 'completed', 'closed', 'abandoned', 'aborted', 'unreached', 'failed'];

const NUMBERS = [
  { name: 'dialogs_per_second', title: words.now.perSecond, format: (v) => (v >= 100 ? count(Math.round(v)) : v.toFixed(1)) },
  { name: 'open', whole: true, title: words.now.open, format: (v) => count(Math.round(v)) },
  { name: 'turn_p99_ms', title: words.now.turn, format: (v) => duration(v) },
  { name: 'failed_per_minute', whole: true, title: words.now.failed, format: (v) => count(Math.round(v)), last: (values) => sum(values.slice(-300 / STEP)) * (STEP / 60) },
];

const sum = (values) => values.reduce((all, value) => all + (value ?? 0), 0);
const lastOf = (values) => values.findLast((value) => value !== null) ?? null;

export function now(app) {
  const told = {};
  const names = NUMBERS.map((it) => it.name);
  const lines = new Fetched(async (signal) => {
    const step = { minutes: MINUTES, step_seconds: STEP };
    const [today, yesterday, outcomes] = await Promise.all([
      get('/v1/series', { names: names.join(','), ...step }, signal),
      get('/v1/series', { names: names.join(','), before_minutes: 1440, ...step }, signal),
      get('/v1/series', { names: 'outcomes_per_second', ...step }, signal),
    ]);
    return { today, yesterday, outcomes };
  }, changed);
  const scripts = new Fetched((signal) => get('/v1/scripts', {}, signal), () => app.redraw());
  const links = new Fetched((signal) => get('/v1/links', {}, signal), () => app.redraw());

  const plots = new Map();
  for (const it of NUMBERS) plots.set(it.name, plot(it.name, 116, { whole: it.whole }, it.format, [{ label: words.now.yesterday, color: 'before' }, { label: words.now.today, color: 'series-1' }]));
  plots.set('outcomes', plot('outcomes', 220, { stacked: true }, (v) => (v >= 100 ? count(Math.round(v)) : v.toFixed(1)), []));

  function plot(name, height, kind, format, all) {
    return new Plot({ ...kind, height, format, lines: all, told: (at) => {
      told[name] = at;
      app.redraw();
    } });
  }

  function changed() {
    const value = lines.value;
    if (value && !lines.busy && !lines.error) {
      const seconds = times(value.today);
      for (const { name } of NUMBERS) plots.get(name).set([seconds, valuesOf(value.yesterday, name, seconds.length), valuesOf(value.today, name, seconds.length)]);
      const shown = outcomeLines(value.outcomes);
      plots.get('outcomes').set([times(value.outcomes), ...shown.map((it) => it.values)], shown.map(({ label, color }) => ({ label, color })));
    }
    app.redraw();
  }

  const load = () => [lines, scripts, links].forEach((it) => it.load());
  load();
  const rest = every(EVERY, load);

  return {
    view() {
      const status = app.status;
      return html`
        <h1 class="visually-hidden">${words.pages.now}</h1>
        ${lines.show((value) => html`
          <div class="numbers">${NUMBERS.map((it) => number(it, value, told[it.name]))}</div>
          <p class="small quiet">${words.now.plotHint}</p>
          <h2 id="outcomes-title">${words.now.outcomes}</h2>
          ${legend(outcomeLines(value.outcomes), told.outcomes)}
          <div class="plot tall" data-plot="outcomes" role="img" aria-labelledby="outcomes-title"></div>`)}
        <h2>${words.now.scripts}</h2>
        ${scripts.show((value) => scriptTable(value.scripts))}
        <h2>${words.now.links}</h2>
        ${links.show(linkStrip)}
        <h2>${words.now.reload}</h2>
        ${status ? reload(status.reload) : nothing}`;
    },
    drawn() {
      for (const [name, it] of plots) it.into(document.querySelector(`[data-plot="${name}"]`));
    },
    close() {
      rest();
      [lines, scripts, links].forEach((it) => it.close());
      plots.forEach((it) => it.close());
    },
  };
}

function times(answer) {
  const from = Date.parse(answer.from) / 1000;
  const length = Math.max(0, ...answer.series.map((it) => it.values.length));
  return Array.from({ length }, (_, i) => from + i * answer.step_seconds);
}

function valuesOf(answer, name, length) {
  const values = answer.series.find((it) => it.name === name)?.values ?? [];
  return Array.from({ length }, (_, i) => values[i] ?? null);
}

function outcomeLines(answer) {
  const known = answer.series.map((it) => ({ label: it.labels.outcome ?? '', values: it.values }));
  known.sort((a, b) => OUTCOMES.indexOf(a.label) - OUTCOMES.indexOf(b.label));
  return known.map((it) => ({ ...it, color: it.label === 'failed' ? 'series-5' : COLORS.filter((c) => c !== 'series-5')[Math.max(0, OUTCOMES.indexOf(it.label)) % 6] }));
}

function number(it, value, at) {
  const values = valuesOf(value.today, it.name, value.today.series.find((line) => line.name === it.name)?.values.length ?? 0);
  const latest = it.last ? (values.some((v) => v !== null) ? it.last(values) : null) : lastOf(values);
  const bad = it.name === 'failed_per_minute' && latest > 0;
  return html`<figure aria-label=${it.title}>
    <figcaption class="quiet">${it.title}</figcaption>
    <div class="value ${bad ? 'bad' : ''}">${latest === null ? html`<span class="quiet small">${words.now.noMeasure}</span>` : it.format(latest)}</div>
    <div class="plot" data-plot=${it.name}></div>
    <div class="legend">${at
      ? html`<span>${clockText(new Date(at.seconds * 1000))}</span>
          <span class="key"><span class="swatch s1"></span>${told(it, at.values[1])}</span>
          <span class="key"><span class="swatch s0"></span>${told(it, at.values[0])}</span>`
      : html`<span class="key"><span class="swatch s1"></span>${words.now.today}</span><span class="key"><span class="swatch s0"></span>${words.now.yesterday}</span>`}</div>
  </figure>`;
}

const told = (it, value) => (value === null || value === undefined ? '–' : it.format(value));

function legend(all, at) {
  return html`<div class="legend">${at ? html`<span>${clockText(new Date(at.seconds * 1000))}</span>` : nothing}
    ${all.map((it, i) => html`<span class="key"><span class="swatch s${it.color.at(-1)}"></span>${words.outcomes[it.label] ?? it.label}${at && at.values[i] !== null ? ` ${at.values[i]?.toFixed(1)}` : ''}</span>`)}</div>`;
}

export function scriptTable(all) {
  if (all.length === 0) return empty(words.now.none);
  const w = words.now;
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th>${w.script}</th><th>${w.service}</th><th class="number">${w.begun}</th><th class="number">${w.failedColumn}</th><th class="number">${w.think}</th><th>${w.version}</th><th>${w.inService}</th><th>${w.state}</th></tr></thead>
    <tbody>${all.map((it) => html`<tr>
      <td data-label=${w.script} class="name"><a href="/scripts/${segment(it.key)}">${it.key}</a></td>
      <td data-label=${w.service}>${it.service}</td>
      <td data-label=${w.begun} class="number">${count(it.begun)}</td>
      <td data-label=${w.failedColumn} class="number">${it.failed ? html`<a class="bad" href="/dialogs?script=${segment(it.key)}&outcome=failed">${count(it.failed)}</a>` : '0'}</td>
      <td data-label=${w.think} class="number">${it.think_p50_ms === null || it.think_p50_ms === undefined ? '–' : duration(it.think_p50_ms)}</td>
      <td data-label=${w.version} class="mono">${it.version}</td>
      <td data-label=${w.inService} class="nowrap">${time(it.since)}</td>
      <td data-label=${w.state}>${it.state === 'switched_off' ? html`<span class="bad">${words.scripts.switchedOff}</span>` : words.scripts.onState}${it.problems ? html` <span class="warn">${words.scripts.problems}: ${it.problems}</span>` : nothing}</td>
    </tr>`)}</tbody></table></div>`;
}

function linkStrip(value) {
  if (value.application_servers.length === 0) return html`<p class="quiet">${words.now.embedded}</p>`;
  return html`<div class="strip">${value.application_servers.flatMap((server) => server.associations.map((it) => {
    const good = it.state === 'up' && it.asp_state === 'active';
    return html`<a href="/links" class="nowrap"><span class="dot ${good ? '' : it.state === 'up' ? 'attention' : 'trouble'}"></span> ${it.name} <span class=${good ? 'quiet' : 'bad'}>${it.state}, ${it.asp_state}</span> <span class="quiet">${words.since} ${time(it.since)}</span></a>`;
  }))}</div>`;
}

function reload(it) {
  return html`<p>${it.last_done ? html`${time(it.last_done)} <span class="quiet">${it.last_by?.length ? words.now.reloadedBy(it.last_by.join(', ')) : words.now.reloadedItself}</span>` : words.now.neverReloaded}</p>
    ${it.refused ? html`<div class="note bad"><p>${words.now.refusedSince} ${time(it.refused.since)}</p>${it.refused.first.map((line) => html`<pre>${line}</pre>`)}</div>` : nothing}
    ${it.waiting?.length ? html`<p class="note warn">${words.now.waiting}: ${it.waiting.join('; ')}</p>` : nothing}`;
}

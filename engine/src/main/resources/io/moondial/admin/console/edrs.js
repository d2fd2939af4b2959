// Event data records: the streams, a search on the disk, and new ones as they are written.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { get, segment } from '/client.js';
import { count, duration, empty, every, Fetched, fields, octets, time, values } from '/parts.js';
import { words } from '/words.js';

const w = words.edrs;
const MOST_FOLLOWED = 200;
const FLUSHED = 10_000;

export function edrs(app) {
  const { follow, ...asked } = app.query;
  const following = follow !== undefined;
  const search = { ...asked };
  for (const name of ['from', 'to']) {
    const at = new Date(search[name] ?? NaN);
    if (!Number.isNaN(at.getTime())) search[name] = at.toISOString();
  }
  let fresh = [];
  const ofNumber = new Set();
  let lost = 0;
  const streams = new Fetched((signal) => get('/v1/edrs/streams', {}, signal), () => app.redraw());
  const found = new Fetched((signal) => get('/v1/edrs', search, signal), () => app.redraw());
  streams.load();
  found.load();
  const rest = every(5000, () => streams.load());
  const stop = following
    ? app.events.listen({ topics: ['records'], stream: asked.stream }, (name, value) => {
        if (name === 'record' && matches(value)) fresh = [value, ...fresh].slice(0, MOST_FOLLOWED);
        else if (name === 'lost') lost += value.count ?? 0;
        else if (name !== 'open') return;
        // what was not told is on the disk, a little later
        if (name !== 'record') found.soon(name === 'open' ? 150 : FLUSHED);
        app.redraw();
      })
    : () => {};

  function matches(it) {
    return (
      (!asked.instance_id || it.instance_id === asked.instance_id) &&
      (!asked.event || it.event === asked.event) &&
      (!asked.stream || it.stream === asked.stream) &&
      (!asked.msisdn || isOfNumber(it))
    );
  }

  /** As the search has it: all records of the dialogs of this number, of which the first names it. */
  function isOfNumber(it) {
    if (String(it.fields.MSISDN ?? '').split(':')[0] === asked.msisdn) ofNumber.add(it.instance_id);
    return ofNumber.has(it.instance_id);
  }

  const url = (query) => {
    const all = new URLSearchParams(query);
    return `/edrs${all.size ? `?${all}` : ''}`;
  };

  return {
    view: () => html`
      <h1>${words.pages.edrs}</h1>
      <h2>${w.streams}</h2>
      ${streams.show((value) => (value.streams.length === 0 ? empty(w.noStreams) : streamTable(value.streams)))}
      <h2>${w.records}</h2>
      <form class="bar" role="search" @submit=${(event) => { event.preventDefault(); app.go(url({ ...values(event.target), ...(following ? { follow: '' } : {}) })); }}>
        <label>${w.stream}<input name="stream" size="5" .value=${asked.stream ?? ''}></label>
        <label>${w.number}<input name="msisdn" size="11" inputmode="numeric" ?data-search=${app.may('operator')} .value=${asked.msisdn ?? ''} ?disabled=${!app.may('operator')}></label>
        <label class="wide">${w.instance}<input name="instance_id" size="16" ?data-search=${!app.may('operator')} .value=${asked.instance_id ?? ''}></label>
        <label class="wide">${w.event}<input name="event" size="12" .value=${asked.event ?? ''}></label>
        <label class="wide">${w.from}<input name="from" type="datetime-local" step="1" .value=${asked.from ?? ''}></label>
        <label class="wide">${w.to}<input name="to" type="datetime-local" step="1" .value=${asked.to ?? ''}></label>
        <button class="main">${w.search}</button>
        <button type="button" aria-pressed=${following} @click=${() => app.go(url(following ? asked : { ...asked, follow: '' }))}>${following ? w.stop : w.follow}</button>
      </form>
      ${following ? html`<p class="quiet" role="status">${w.following}</p>` : nothing}
      ${lost ? html`<p class="note warn" role="status">${words.dialogs.lost(lost)}</p>` : nothing}
      ${found.show((value) => {
        const known = new Set(fresh.map(identity));
        const all = [...fresh, ...value.records.filter((it) => !known.has(identity(it)))];
        return html`
          ${value.complete ? nothing : html`<p class="note warn">${w.incomplete}</p>`}
          ${all.length === 0 ? empty(`${w.none} ${w.searched(value.files)}`) : recordTable(all)}`;
      })}`,
    close() {
      stop();
      rest();
      streams.close();
      found.close();
    },
  };
}

const identity = (it) => `${it.at} ${it.instance_id} ${it.event}`;

function streamTable(all) {
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th>${w.stream}</th><th class="number">${w.backlog}</th><th class="number">${w.oldest}</th><th class="number">${w.written}</th><th class="number">${w.failures}</th><th class="number">${w.files}</th><th class="number">${w.size}</th></tr></thead>
    <tbody>${all.map((it) => html`<tr>
      <td data-label=${w.stream} class="mono"><a href="/edrs?stream=${segment(it.stream)}">${it.stream}</a></td>
      <td data-label=${w.backlog} class="number">${count(it.backlog)}</td>
      <td data-label=${w.oldest} class="number">${duration(it.oldest_pending_ms ?? null) || '–'}</td>
      <td data-label=${w.written} class="number">${count(it.written)}</td>
      <td data-label=${w.failures} class="number ${it.failures ? 'bad' : ''}">${count(it.failures)}</td>
      <td data-label=${w.files} class="number">${count(it.files)}</td>
      <td data-label=${w.size} class="number">${octets(it.octets)}</td></tr>`)}</tbody></table></div>`;
}

function recordTable(all) {
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th>${w.time}</th><th>${w.event}</th><th>${w.instance}</th><th>${w.fields}</th></tr></thead>
    <tbody>${all.map((it) => html`<tr>
      <td data-label=${w.time} class="nowrap">${time(it.at, { exact: true })}</td>
      <td data-label=${w.event} class="mono nowrap wide">${it.event}</td>
      <td data-label=${w.instance} class="mono nowrap wide"><a href="/dialogs/${segment(it.instance_id)}">${it.instance_id}</a></td>
      <td data-label=${w.fields} class="fields mono wide">${fields(it.fields)}</td></tr>`)}</tbody></table></div>`;
}

// Application servers, associations and point codes; a trace begins here.
import { html, nothing, svg } from '/lib/lit-html/lit-html.js';
import { collect, get } from '/client.js';
import { count, empty, every, Fetched, octets, save, time, values } from '/parts.js';
import { words } from '/words.js';

const w = words.links;
const EVERY = 2000;
const ROW = 56;

export function links(app) {
  const network = new Fetched((signal) => get('/v1/links', {}, signal), () => app.redraw());
  network.load();
  let tracing = null;
  let problem = '';
  const rest = every(EVERY, () => network.load());

  async function trace(event) {
    event.preventDefault();
    const { msisdn, seconds } = values(event.target);
    const mine = (tracing = { stop: new AbortController(), octets: 0 });
    problem = '';
    app.redraw();
    try {
      const pcap = await collect('/v1/traces', {
        query: { ...(msisdn ? { msisdn } : {}), for_ms: Number(seconds) * 1000 },
        signal: mine.stop.signal,
        came: (octets) => {
          mine.octets = octets;
          app.redraw();
        },
      });
      if (pcap.size) save(`${msisdn ?? 'trace'}.pcap`, pcap);
      else problem = w.nothing;
    } catch (e) {
      problem = e.message;
    }
    tracing = null;
    app.redraw();
  }

  return {
    view: () => html`
      <h1>${words.pages.links}</h1>
      ${network.show((value) => html`
        ${value.application_servers.length === 0 ? empty(w.none) : html`
          <div class="scroll">${graph(value)}</div>
          ${table(value)}`}
        ${value.application_servers.length === 0 ? nothing : html`<h2>${w.points}</h2>${value.point_codes.length === 0 ? html`<p class="quiet">${w.noPoints}</p>` : points(value.point_codes)}`}`)}
      <h2>${w.trace}</h2>
      ${app.may('operator') ? html`
        <form class="bar" @submit=${trace}>
          <label>${w.number}<input name="msisdn" inputmode="numeric" pattern="[0-9*#a-c]{1,38}" data-search></label>
          <label>${w.seconds}<input name="seconds" type="number" min="1" max="86400" value="60" required></label>
          ${tracing
            ? html`<button type="button" class="main" @click=${() => tracing.stop.abort()}>${w.stop}</button>
                <span role="status">${w.came(octets(tracing.octets))}</span>`
            : html`<button class="main">${w.start}</button>`}
        </form>
        ${problem ? html`<p class="note bad" role="alert">${problem}</p>` : nothing}
        <p class="quiet small">${w.traceNote}</p>` : html`<p class="note">${words.roleNeeded('operator')}</p>`}`,
    close() {
      rest();
      network.close();
      tracing?.stop.abort();
    },
  };
}

const up = (it) => it.state === 'up' && it.asp_state === 'active';

function graph(value) {
  const rows = Math.max(1, value.application_servers.reduce((n, it) => n + Math.max(1, it.associations.length), 0));
  const height = rows * ROW + 16;
  const middle = height / 2;
  let row = 0;
  return html`<svg class="graph" viewBox="0 0 900 ${height}" role="img" aria-label=${w.graph}>
    <rect class="box" x="8" y=${middle - 20} width="110" height="40" rx="6"></rect>
    <text x="63" y=${middle + 5} text-anchor="middle">${w.engine}</text>
    ${value.application_servers.map((server) => {
      const own = Math.max(1, server.associations.length);
      const y = 8 + (row + own / 2) * ROW;
      const state = server.state === 'active' ? 'up' : 'down';
      const drawn = svg`
        <path class="wire ${state}" d="M118 ${middle} C 180 ${middle}, 180 ${y}, 240 ${y}"></path>
        ${server.associations.map((it, i) => {
          const at = 8 + (row + i + 0.5) * ROW;
          const good = up(it) ? 'up' : 'down';
          return svg`
            <path class="wire ${good}" d="M420 ${y} C 480 ${y}, 480 ${at}, 540 ${at}"></path>
            <rect class="box ${good}" x="540" y=${at - 22} width="352" height="44" rx="6"></rect>
            <text x="552" y=${at - 4}>${it.name} · ${it.state}, ${it.asp_state}</text>
            <text class="quiet" x="552" y=${at + 14}>${it.address} · ↓ ${rate(it.received_per_second)} ↑ ${rate(it.sent_per_second)}</text>`;
        })}
        <rect class="box ${state}" x="240" y=${y - 22} width="180" height="44" rx="6"></rect>
        <text x="252" y=${y - 4}>${server.name}</text>
        <text class="quiet" x="252" y=${y + 14}>${server.state}</text>`;
      row += own;
      return drawn;
    })}
  </svg>`;
}

const rate = (value) => (value === null || value === undefined ? '–' : `${value >= 100 ? count(Math.round(value)) : value.toFixed(1)}/s`);

function table(value) {
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th>${w.server}</th><th>${w.association}</th><th>${w.address}</th><th>${w.state}</th><th>${w.asp}</th><th>${w.since}</th><th class="number">${w.received}</th><th class="number">${w.sent}</th><th class="number">${w.dialogs}</th><th>${w.error}</th></tr></thead>
    <tbody>${value.application_servers.flatMap((server) => server.associations.map((it) => html`<tr>
      <td data-label=${w.server}>${server.name} <span class=${server.state === 'active' ? 'good' : 'bad'}>${server.state}</span></td>
      <td data-label=${w.association}>${it.name}</td>
      <td data-label=${w.address} class="mono">${it.address}</td>
      <td data-label=${w.state} class=${it.state === 'up' ? 'good' : 'bad'}>${it.state}</td>
      <td data-label=${w.asp} class=${it.asp_state === 'active' ? 'good' : 'bad'}>${it.asp_state}</td>
      <td data-label=${w.since} class="nowrap">${time(it.since)}</td>
      <td data-label=${w.received} class="number">${rate(it.received_per_second)}</td>
      <td data-label=${w.sent} class="number">${rate(it.sent_per_second)}</td>
      <td data-label=${w.dialogs} class="number">${count(it.dialogs)}</td>
      <td data-label=${w.error} class="wide">${it.last_error ? html`<span class="bad">${it.last_error}</span> <span class="quiet">${time(it.last_error_at)}</span>` : nothing}</td></tr>`))}</tbody></table></div>`;
}

function points(all) {
  return html`<div class="scroll"><table class="stack few">
    <thead><tr><th>${w.point}</th><th>${w.reachable}</th><th>${w.since}</th></tr></thead>
    <tbody>${all.map((it) => html`<tr>
      <td data-label=${w.point} class="mono">${it.point_code}</td>
      <td data-label=${w.reachable} class=${it.reachable ? 'good' : 'bad'}>${it.reachable ? w.yes : w.no}${it.congested ? html` <span class="warn">${w.congested}</span>` : nothing}</td>
      <td data-label=${w.since} class="nowrap">${time(it.since)}</td></tr>`)}</tbody></table></div>`;
}

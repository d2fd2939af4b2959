// The frame: who is logged in, which page is shown, how the engine stands; keys.
import { html, nothing, render } from '/lib/lit-html/lit-html.js';
import { call, Events, get, Lost, post, Refused } from '/client.js';
import { clockText, time, zone } from '/parts.js';
import { words } from '/words.js';
import { now } from '/now.js';
import { dialogs } from '/dialogs.js';
import { pushes } from '/pushes.js';
import { hangUp, phone } from '/phone.js';
import { scripts } from '/scripts.js';
import { rules } from '/rules.js';
import { edrs } from '/edrs.js';
import { links } from '/links.js';

const PAGES = { now, dialogs, pushes, phone, scripts, rules, edrs, links };
/** The letter that goes to a page where it is not its first. */
const LETTERS = { pushes: 'u' };
const ROLES = ['viewer', 'operator', 'admin'];
const TROUBLE = /no_link|heap_full|too_many_dialogs|edrs_failing|edrs_lost|script_switched_off/;

/** What pages find around them. */
class App {
  #drawn = false;
  #root = document.getElementById('console');
  #page = null;
  #name = '';
  #going = 0;
  #finding = 0;
  #last = '';

  constructor() {
    this.who = undefined;
    this.status = null;
    this.error = '';
    this.events = new Events(() => this.redraw());
    addEventListener('loggedout', () => this.#loggedOut(words.logIn.over));
    addEventListener('focus', () => this.who === null && this.#find());
    addEventListener('popstate', () => this.#show());
    addEventListener('click', (event) => this.#followed(event));
    addEventListener('keydown', (event) => this.#pressed(event));
  }

  start() {
    this.#find();
  }

  /** Who is logged in already: before a reload of the page, or on another one. */
  async #find() {
    clearTimeout(this.#finding);
    try {
      const who = await get('/v1/session');
      if (!this.who) this.#loggedIn(who);
      return;
    } catch (e) {
      if (this.who) return;
      if (this.who === undefined) this.#askForLogin();
      this.who = null;
      if (e instanceof Lost) {
        this.error = words.logIn.lost;
        this.#finding = setTimeout(() => this.#find(), 3000);
      } else if (this.error === words.logIn.lost) {
        this.error = '';
      }
    }
    this.redraw();
  }

  /** Whether whoever is logged in has this role, or more. */
  may(role) {
    return ROLES.indexOf(this.who?.role) >= ROLES.indexOf(role);
  }

  /** The query of the page's own URL. */
  get query() {
    return Object.fromEntries(new URLSearchParams(location.search));
  }

  /** Goes to a URL of the console. */
  go(url, { replace = false } = {}) {
    if (url === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    if (!replace) this.#show(true);
  }

  /** Draws everything anew, once, before the browser paints. */
  redraw() {
    if (!this.#drawn) {
      this.#drawn = true;
      requestAnimationFrame(() => {
        this.#drawn = false;
        render(this.#frame(), this.#root);
        this.#page?.drawn?.();
      });
    }
  }

  /** Nobody sees any more what was here; the URL stays, and the next login goes on there. */
  #loggedOut(why = '') {
    if (this.who) {
      this.#last = this.who.name;
      this.who = null;
      this.status = null;
      this.error = why;
      this.events.close();
      this.#page?.close?.();
      this.#page = null;
      document.title = words.name;
      dispatchEvent(new CustomEvent('who', { detail: null }));
      this.redraw();
      this.#askForLogin();
    }
  }

  #askForLogin() {
    requestAnimationFrame(() => document.querySelector(`[name=${this.#last ? 'password' : 'user'}]`)?.focus());
  }

  #loggedIn(who) {
    clearTimeout(this.#finding);
    this.who = who;
    this.error = '';
    dispatchEvent(new CustomEvent('who', { detail: who.name }));
    this.events.listen({ topics: ['status'] }, (name, value) => {
      if (name === 'status') {
        this.status = value;
        this.redraw();
      }
    });
    get('/v1/status').then((status) => {
      this.status ??= status;
      this.redraw();
    }, () => {}); // the events tell it too
    this.#show();
  }

  #show(focus = false) {
    if (!this.who) return;
    const [name, ...rest] = segments(location.pathname);
    this.#page?.close?.();
    this.#name = name || 'now';
    this.#page = Object.hasOwn(PAGES, this.#name) ? PAGES[this.#name](this, rest) : null;
    document.title = `${words.pages[this.#name] ?? words.notFound} · ${words.name}`;
    this.redraw();
    if (focus) requestAnimationFrame(() => document.querySelector('main')?.focus());
  }

  #followed(event) {
    for (const open of document.querySelectorAll('header details[open]')) if (!open.contains(event.target)) open.open = false;
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.download || link.origin !== location.origin || link.getAttribute('href').startsWith('#')) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.who) return;
    const typing = event.target.closest('input, select, textarea, dialog');
    if (event.key === 'Escape') {
      for (const open of document.querySelectorAll('header details[open]')) {
        open.open = false;
        open.querySelector('summary').focus();
      }
      if (event.target.matches('input, textarea')) event.target.blur();
      else if (!typing) this.#page?.escape?.();
      return;
    }
    if (typing) return;
    if (performance.now() - this.#going < 1500) {
      const page = Object.keys(PAGES).find((it) => (LETTERS[it] ?? it[0]) === event.key);
      this.#going = -Infinity;
      if (page) {
        event.preventDefault();
        this.go(page === 'now' ? '/' : `/${page}`);
      }
    } else if (event.key === 'g') {
      this.#going = performance.now();
    } else if (event.key === '/') {
      const search = document.querySelector('main [data-search]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select?.();
      }
    } else if (event.key === '?') {
      document.getElementById('keyboard').showModal();
    }
  }

  async #logIn(event) {
    event.preventDefault();
    const form = event.target;
    this.error = '';
    try {
      this.#loggedIn(await post('/v1/session', { user: form.user.value, password: form.password.value }));
    } catch (e) {
      this.error = e instanceof Lost ? words.logIn.lost : e instanceof Refused && e.status === 401 ? words.logIn.wrong : e.message;
      form.password.value = '';
      form.password.focus();
    }
    this.redraw();
  }

  async #logOut() {
    try {
      await hangUp();
      await call('DELETE', '/v1/session');
    } catch (e) {
      if (this.who) {
        this.error = e instanceof Lost ? words.logIn.notOut : e.message;
        this.redraw();
        return;
      }
    }
    this.#loggedOut();
    this.#last = '';
  }

  #frame() {
    if (this.who === undefined) return html`<p class="empty" role="status">${words.loading}</p>`;
    if (this.who === null) return this.#logInForm();
    return html`
      <a class="skip" href="#page" @click=${(e) => { e.preventDefault(); document.querySelector('main').focus(); }}>${words.skip}</a>
      <header class="top">
        <a class="name" href="/">${words.name}</a>
        <nav aria-label=${words.name}>
          ${Object.keys(PAGES).map((name) => html`<a href=${name === 'now' ? '/' : `/${name}`} aria-current=${name === this.#name ? 'page' : nothing}>${words.pages[name]}</a>`)}
        </nav>
        ${this.#whoIs()} ${this.#state()}
      </header>
      ${this.events.lostSince ? html`<p class="news" role="status">${words.noNews(clockText(this.events.lostSince))}</p>` : nothing}
      <main id="page" tabindex="-1">${this.#page ? this.#page.view() : html`<p class="empty">${words.notFound}</p>`}</main>
      <dialog id="keyboard" aria-labelledby="keyboard-title">
        <h2 id="keyboard-title">${words.keyboardHelp}</h2>
        <dl class="keyboard">${words.keys.map(([keys, meaning]) => html`<dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${meaning}</dd>`)}</dl>
        <p class="quiet">${words.zone(zone)}</p>
        <form method="dialog"><button>${words.close}</button></form>
      </dialog>`;
  }

  #whoIs() {
    return html`<div class="who"><details>
      <summary>${this.who.name} <span aria-hidden="true">▾</span></summary>
      <div class="drop">
        <p>${words.role(this.who.role)}</p>
        <p class="bad" role="alert">${this.error}</p>
        <p class="bar"><button @click=${() => document.getElementById('keyboard').showModal()}>${words.keyboardHelp}</button>
        <button @click=${() => this.#logOut()}>${words.logOut}</button></p>
      </div>
    </details></div>`;
  }

  #state() {
    const all = this.status?.attention ?? [];
    const state = !this.status || this.events.lostSince ? 'unknown' : all.length === 0 ? 'ok' : all.some((it) => TROUBLE.test(it.what)) ? 'trouble' : 'attention';
    return html`<div class="state"><details>
      <summary aria-live="polite"><span class="dot ${state}"></span> ${words.state[state]}</summary>
      <div class="drop">
        <h2 class="visually-hidden">${words.needsAttention}</h2>
        ${all.length === 0
          ? html`<p>${words.nothingToDo}</p>`
          : html`<ul>${all.map((it) => html`<li>${it.text}${it.since ? html` <span class="quiet nowrap">${words.since} ${time(it.since)}</span>` : nothing}</li>`)}</ul>`}
      </div>
    </details></div>`;
  }

  #logInForm() {
    return html`<main class="log-in" id="page" tabindex="-1">
      <h1>${words.name}</h1>
      <form class="log-in-form" @submit=${(event) => this.#logIn(event)}>
        <p class=${this.error ? 'note warn' : ''} role="alert">${this.error}</p>
        <label>${words.logIn.user}<input name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus value=${this.#last}></label>
        <label>${words.logIn.password}<input name="password" type="password" autocomplete="current-password" required></label>
        <p><button class="main">${words.logIn.button}</button></p>
      </form>
    </main>`;
  }
}

/** The parts of a path, decoded; one that is no text names no page. */
function segments(path) {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return ['?'];
  }
}

new App().start();

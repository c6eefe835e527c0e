// The page: asks for the figures each second, and shows them.

import {Charts, History} from './charts.js';
import {END_COLUMNS, Reading} from './readings.js';
import {fillFigures, Table} from './tables.js';
import {clock, duration} from './words.js';

const PERIOD_MILLIS = 1000;
const TIMEOUT_MILLIS = 5000;

const at = id => document.getElementById(id);

class Page {
  constructor() {
    this.sort = 'WAITING';
    this.histories = new Map();
    this.lastSeen = null;
    this.charts = new Charts(at('charts'));
    this.connections = new Table(at('connections'), sort => this.sortBy(sort));
    this.ends = new Table(at('ends'));
    at('limit').addEventListener('change', () => this.ask());
    at('source').addEventListener('change', () => this.show());
    at('login').addEventListener('submit', event => this.enter(event));
    document.addEventListener('visibilitychange', () => this.ask());
  }

  sortBy(sort) {
    this.sort = sort;
    this.ask();
  }

  /** Asks now, and again after a second. A page that nobody sees asks for nothing. */
  async ask() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (document.hidden) {
      return;
    }
    const asking = this.asking = new AbortController();
    const timeout = setTimeout(() => asking.abort('timeout'), TIMEOUT_MILLIS);
    try {
      const query = new URLSearchParams({sort: this.sort, limit: at('limit').value});
      const answer = await fetch(`snapshot.json?${query}`, {signal: asking.signal});
      await this.take(answer);
    } catch (error) {
      if (asking !== this.asking) {
        return; // a newer question took its place
      }
      this.tellCutOff();
    } finally {
      clearTimeout(timeout);
    }
    if (asking === this.asking && at('login').hidden) {
      this.timer = setTimeout(() => this.ask(), PERIOD_MILLIS);
    }
  }

  async take(answer) {
    at('login').hidden = answer.status !== 401;
    if (answer.status === 401) {
      this.tell('', 'needs the token', '');
      at('token').focus();
      return;
    }
    if (!answer.ok) {
      throw new Error(await answer.text());
    }
    const {sources} = await answer.json();
    this.lastSeen = Date.now();
    this.readings = sources.map(source => new Reading(source));
    this.readings.forEach(reading => this.remember(reading));
    this.choose();
    this.show();
  }

  remember(reading) {
    const history = this.histories.get(reading.name) ?? new History();
    this.histories.set(reading.name, history);
    history.add(Date.now() / 1000, reading.hasStalled || !reading.snapshot ? {} : reading.lines);
  }

  choose() {
    const names = this.readings.map(reading => reading.name);
    const select = at('source');
    if ([...select.options].map(option => option.value).join('\n') !== names.join('\n')) {
      const chosen = select.value;
      select.replaceChildren(...names.map(name => new Option(name, name)));
      select.value = names.includes(chosen) ? chosen : names[0];
    }
    at('sources').hidden = names.length < 2;
  }

  show() {
    const reading = this.readings?.find(each => each.name === at('source').value);
    if (!reading) {
      this.tell('', 'nothing is looked at', '');
      return;
    }
    this.tellState(reading);
    at('board').hidden = !reading.snapshot;
    if (!reading.snapshot) {
      return;
    }
    document.title = `${reading.name}: ${reading.connections} connections`;
    at('about').textContent = reading.about;
    at('states').textContent = reading.states || 'none';
    at('reasons').textContent = reading.reasons;
    fillFigures(at('figures'), reading.figures);
    this.connections.setColumns(reading.columns, this.sort);
    this.connections.fill(reading.snapshot.connections.top, 'There are no connections.');
    this.ends.setColumns(END_COLUMNS);
    this.ends.fill(reading.ends, 'None has ended.');
    this.charts.draw(this.histories.get(reading.name));
  }

  tellState(reading) {
    if (reading.hasStalled) {
      const since = duration(Math.round(reading.sinceUpdateNanos / 1e9) * 1e9);
      this.tell('bad', 'stands still', `${reading.name}: the loop stands still. Its last update began ${since} ago; the figures are from then.`);
    } else if (reading.problem) {
      this.tell('bad', 'no new figures', reading.problem);
    } else {
      this.tell('good', 'live', '');
    }
  }

  tellCutOff() {
    const since = this.lastSeen ? ` since ${clock(this.lastSeen)}; the figures are from then` : '';
    this.tell('bad', 'cut off', `The connection to the server is cut${since}. Trying again each second.`);
    this.histories.forEach(history => history.addGap(Date.now() / 1000));
  }

  /** Says how things are. Only changed words are written, so that a screen reader says them once. */
  tell(kind, state, alarm) {
    for (const [id, words] of [['state', state], ['alarm', alarm]]) {
      if (at(id).textContent !== words) {
        at(id).textContent = words;
      }
    }
    at('state').className = kind;
    at('alarm').hidden = alarm === '';
    document.body.classList.toggle('is-old', kind === 'bad');
    if (kind === 'bad') {
      document.title = `${state} – GridMate`;
    }
  }

  /** Sends the token in the body of a request, once; after that a cookie speaks for it. */
  async enter(event) {
    event.preventDefault();
    const answer = await fetch('login', {method: 'POST', body: at('token').value});
    at('refused').textContent = answer.ok ? '' : 'That is not the token.';
    if (answer.ok) {
      at('token').value = '';
      at('login').hidden = true;
      this.ask();
    }
  }
}

addEventListener('DOMContentLoaded', () => new Page().ask());

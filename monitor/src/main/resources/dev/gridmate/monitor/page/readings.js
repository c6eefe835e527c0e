// What the page shows of one driver or carrier, read from its part of /snapshot.json.

import {bytes, bytesPerSecond, clock, count, duration, percent, perSecond, spoken} from './words.js';

const text = {isText: true};

const waiting = row => row.waiting.inBytes + row.waiting.outBytes;
const rate = row => row.traffic.bytesInPerSecond + row.traffic.bytesOutPerSecond;

const ADDRESS = {title: 'Address', text: row => row.address, ...text};
const STATE = {title: 'State', text: row => stateOf(row), ...text};
const WAITING = [
  {title: 'Waiting', sort: 'WAITING', text: row => bytes(waiting(row)), hint: 'bytes that arrived and are not received, or are sent and have not left'},
  {title: 'in', text: row => bytes(row.waiting.inBytes)},
  {title: 'out', text: row => bytes(row.waiting.outBytes)},
];
const BLOCKED = {title: 'Takes nothing for', text: row => duration(row.life.blockedNanos), hint: 'bytes wait, and the peer took none for so long'};
const RATE = {title: 'Rate', sort: 'RATE', text: row => bytesPerSecond(rate(row))};
const TIMES = [
  {title: 'Silent for', sort: 'SILENCE', text: row => duration(row.life.silentNanos), hint: 'nothing arrived for so long'},
  {title: 'Age', sort: 'AGE', text: row => duration(row.life.ageNanos)},
];

/** The columns of the connections of a driver. */
const DRIVER_COLUMNS = [
  ADDRESS,
  STATE,
  ...WAITING,
  {title: 'Most out', text: row => bytes(row.waiting.outMostBytes), hint: 'the most bytes that ever waited to leave'},
  BLOCKED,
  RATE,
  {title: 'Packets in', text: row => count(row.traffic.packetsIn)},
  {title: 'Packets out', text: row => count(row.traffic.packetsOut)},
  ...TIMES,
  {title: 'TLS', text: row => row.tls?.protocol ?? '', ...text},
];

/** The columns of the connections of a carrier. */
const CARRIER_COLUMNS = [
  ADDRESS,
  STATE,
  ...WAITING,
  {title: 'Round trip', sort: 'ROUND_TRIP', text: row => duration(row.line.roundTrip.smoothedNanos)},
  {title: 'least', text: row => duration(row.line.roundTrip.leastNanos), hint: 'the shortest round trip of the last ten seconds or more'},
  {title: 'Loss', sort: 'LOSS', text: row => percent(row.line.loss.share)},
  {title: 'Resent', text: row => bytes(row.line.loss.resentBytes)},
  {title: 'On its way', text: row => bytes(row.line.window.onItsWayBytes)},
  {title: 'of', text: row => bytes(row.line.window.bytes), hint: 'the window: how much may be on its way'},
  BLOCKED,
  RATE,
  ...TIMES,
];

/** The columns of the ends. */
export const END_COLUMNS = [
  {title: 'When', text: row => clock(row.time), ...text},
  {title: 'Address', text: row => row.address, ...text},
  {title: 'Reason', text: row => spoken(row.reason), ...text},
  {title: 'Was there for', text: row => duration(row.ageNanos)},
  {title: 'Detail', text: row => row.detail, ...text},
];

function stateOf(row) {
  return spoken(row.life.state) + (row.life.isThrottled ? ', throttled' : '') + (row.life.isOutgoing ? ', outgoing' : '');
}

/** A driver or carrier at one moment. */
export class Reading {
  constructor(source) {
    this.name = source.name;
    this.snapshot = source.snapshot;
    this.pace = source.pace;
    this.problem = source.problem;
    this.hasStalled = source.hasStalled;
    this.sinceUpdateNanos = source.sinceUpdateNanos;
  }

  get isCarrier() {
    return this.snapshot.source.kind === 'Carrier';
  }

  get columns() {
    return this.isCarrier ? CARRIER_COLUMNS : DRIVER_COLUMNS;
  }

  get about() {
    const {kind, localAddress, isListening, upNanos} = this.snapshot.source;
    return `${kind} ${localAddress}, ${isListening ? 'listening' : 'not listening'}, up ${duration(upNanos)}`;
  }

  get connections() {
    return Object.values(this.snapshot.connections.byState).reduce((sum, each) => sum + each, 0);
  }

  rate(counter) {
    return this.pace?.rates.counters[counter] ?? null;
  }

  /** Name, value and a hint for each of the boxes. */
  get figures() {
    const {waiting} = this.snapshot.connections;
    return [
      ['Connections', count(this.connections)],
      ...this.trafficFigures,
      ['Waiting in', bytes(waiting.inBytes), 'bytes that arrived, and that the program has not received'],
      ['Waiting out', bytes(waiting.outBytes), 'bytes that the program sent, and that have not left'],
      ...this.loopFigures,
      ...this.tlsFigures,
    ];
  }

  get trafficFigures() {
    return this.isCarrier
      ? [
        ['Messages in', perSecond(this.rate('MESSAGES_IN'))],
        ['Messages out', perSecond(this.rate('MESSAGES_OUT'))],
        ['Resent', perSecond(this.rate('MESSAGES_RESENT')), 'messages, and chunks of messages, that left again'],
        ['Lost', perSecond(this.rate('DATAGRAMS_LOST')), 'datagrams that count as lost'],
      ]
      : [
        ['Packets in', perSecond(this.rate('PACKETS_IN'))],
        ['Packets out', perSecond(this.rate('PACKETS_OUT'))],
        ['Bytes in', bytesPerSecond(this.rate('BYTES_IN'))],
        ['Bytes out', bytesPerSecond(this.rate('BYTES_OUT'))],
      ];
  }

  get loopFigures() {
    return [
      ['Updates', perSecond(this.pace?.rates.updates)],
      ['99 % within', duration(this.pace?.update99Nanos), '99 of 100 updates took no longer'],
      ['Loop is busy', percent(this.pace?.busyShare), 'the share of the time that it does not wait for data'],
      ['Longest gap', duration(this.snapshot.loop.longestGapNanos), 'the longest time in which the program did not come back'],
    ];
  }

  get tlsFigures() {
    const tls = this.snapshot.tls;
    if (!tls?.notAfter) {
      return [];
    }
    const left = (Date.parse(tls.notAfter) - Date.now()) * 1e6;
    return [['Certificate ends in', left > 0 ? duration(left) : 'it has ended', tls.subject]];
  }

  /** The values of each chart's lines. */
  get lines() {
    const {byState, waiting} = this.snapshot.connections;
    return {
      connections: Object.fromEntries(Object.entries(byState).map(([state, value]) => [spoken(state), value])),
      ...this.trafficLines,
      update: this.pace && {half: this.pace.updateMedianNanos, '99 %': this.pace.update99Nanos, longest: this.pace.updateLongestNanos},
      waiting: {in: waiting.inBytes, out: waiting.outBytes},
      ends: this.endLines,
    };
  }

  get trafficLines() {
    return this.isCarrier
      ? {
        traffic: {in: this.rate('MESSAGES_IN'), out: this.rate('MESSAGES_OUT'), resent: this.rate('MESSAGES_RESENT')},
        datagrams: {in: this.rate('DATAGRAMS_IN'), out: this.rate('DATAGRAMS_OUT'), lost: this.rate('DATAGRAMS_LOST')},
      }
      : {
        traffic: {in: this.rate('PACKETS_IN'), out: this.rate('PACKETS_OUT')},
        bytes: {in: this.rate('BYTES_IN'), out: this.rate('BYTES_OUT')},
      };
  }

  get endLines() {
    const ends = Object.entries(this.pace?.endsPerSecond ?? {});
    return Object.fromEntries(ends.map(([reason, value]) => [spoken(reason), value]));
  }

  get states() {
    return Object.entries(this.snapshot.connections.byState)
      .map(([state, value]) => `${count(value)} ${spoken(state)}`)
      .join(', ');
  }

  /** The last ends of both kinds, the newest first. */
  get ends() {
    const {last, lastFailed} = this.snapshot.ends;
    return [...last, ...lastFailed].sort((one, other) => other.time.localeCompare(one.time)).slice(0, 100);
  }

  get reasons() {
    const {byReason, failedByReason} = this.snapshot.ends;
    const words = reasons => Object.entries(reasons)
      .sort(([, one], [, other]) => other - one)
      .map(([reason, value]) => `${count(value)} ${spoken(reason)}`)
      .join(', ');
    const failed = words(failedByReason);
    return `Ended: ${words(byReason) || 'none'}.` + (failed && ` Never established: ${failed}.`);
  }
}

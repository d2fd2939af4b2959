package io.moondial.channel.sigtran;

import io.moondial.channel.LinkStatus;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.config.HostPort;
import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.time.Time;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The states of all links, for whoever asks, and for the log: each change is logged once, up to a
 * limit for each association and application server. Written on the loop's thread, read by any
 * thread.
 */
final class LinkBoard {
    private static final Logger log = LoggerFactory.getLogger(LinkBoard.class);

    private static final String DOWN = "down";
    private static final String INACTIVE = "inactive";
    private static final String ACTIVE = "active";
    private static final String PENDING = "pending";

    /** Within this time ... */
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** ... this many lines are written about an association in one application server. */
    private static final int LINES = 20;

    /** After so long without another word of it (SCON, RFC 4666 3.4.4), a congestion is over. */
    private static final Duration CONGESTION = Duration.ofSeconds(10);

    private final Counters counters;
    private final Time time;
    private final RateLimitedLog lines;
    private final Map<String, ServerState> servers = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();

    /** Since when the network says that they cannot be reached. */
    private final Map<Integer, Instant> unreachable = new ConcurrentHashMap<>();

    /** When the network asked last for fewer messages to them. */
    private final Map<Integer, Instant> congested = new ConcurrentHashMap<>();

    private boolean closing;

    /** Whether an application server is active; read without the monitor. */
    private volatile boolean anyActive;

    /** What an application server is, and since when. */
    private record ServerState(String word, Instant since) {
        /** Whether its links carry messages, or another may take over. */
        boolean mayCarry() {
            return word.equals(ACTIVE) || word.equals(PENDING);
        }
    }

    /** An association as one of its application servers sees it. */
    private static final class Row {
        final ApplicationServer server;
        final Association association;
        String address;
        boolean up;
        String asp = DOWN;

        /** Another process carries the traffic, by the far end's word. */
        boolean standsBy;

        /** Since when {@link #up} and {@link #asp} are what they are. */
        Instant since;

        Inbound.@Nullable Source source;
        LinkStatus.@Nullable Trouble error;
        @Nullable String toldFailure;

        Row(ApplicationServer server, Association association, Instant since) {
            this.server = server;
            this.association = association;
            this.since = since;
            this.address = association.address().toString();
        }
    }

    /**
     * A board on which every link is down.
     *
     * @param time of what changes, and after which lines are written in full again
     */
    LinkBoard(List<ApplicationServer> served, Counters counters, Time time) {
        this.counters = counters;
        this.time = time;
        lines = new RateLimitedLog(log, time, WINDOW, this::inWords);
        for (ApplicationServer server : served) {
            servers.put(server.name(), new ServerState(DOWN, time.now()));
            server.associations().forEach(it -> rows.add(new Row(server, it, time.now())));
        }
    }

    synchronized List<LinkStatus> links() {
        return rows.stream().map(this::status).toList();
    }

    /**
     * Whether there are links, and none of them is active. Does not wait for the monitor, under
     * which lines of the log are written.
     */
    boolean isCutOff() {
        return !rows.isEmpty() && !anyActive;
    }

    private LinkStatus status(Row row) {
        return new LinkStatus(
                row.server.name(),
                stateOf(row.server),
                Objects.requireNonNull(servers.get(row.server.name())).since(),
                row.association.name(),
                row.association.transport().word() + " " + row.address,
                row.up ? "up" : DOWN,
                row.asp,
                row.since,
                load(row.source),
                row.error);
    }

    private static LinkStatus.Load load(Inbound.@Nullable Source source) {
        return source == null
                ? LinkStatus.Load.NONE
                : new LinkStatus.Load(
                        source.admission().open(),
                        source.waiting(),
                        source.admission().refused(),
                        source.receivedSoFar(),
                        source.sentSoFar());
    }

    private String stateOf(ApplicationServer server) {
        return Objects.requireNonNull(servers.get(server.name())).word();
    }

    /** From now on nothing that ends is worth a warning. */
    synchronized void closing() {
        closing = true;
    }

    /** Whether an application server leads to this point, or a link may take over for it. */
    synchronized boolean mayServe(int pointCode) {
        return rows.stream()
                .filter(row -> row.server.pointCodes().contains(pointCode))
                .map(row -> Objects.requireNonNull(servers.get(row.server.name())))
                .anyMatch(ServerState::mayCarry);
    }

    /** Whether traffic can go to every application server's points. */
    synchronized boolean allActive() {
        return servers.values().stream().map(ServerState::word).allMatch(ACTIVE::equals);
    }

    private Stream<Row> rowsOf(Association association) {
        return rows.stream().filter(it -> it.association.name().equals(association.name()));
    }

    // ---- the log

    /**
     * Whether one more line may be written of this association now. Else it is counted, and one
     * line says how many there were, and what the association is then. A line of a level that is
     * not written anyhow takes the place of none.
     */
    synchronized boolean mayLog(Logger to, Level level, String association) {
        if (!to.isEnabledForLevel(level)) {
            return false;
        }
        long servers =
                rows.stream().filter(it -> it.association.name().equals(association)).count();
        return lines.mayWrite(level, cause(association), LINES * Math.toIntExact(servers));
    }

    private void write(Level level, String association, String format, Object... arguments) {
        if (mayLog(log, level, association)) {
            log.atLevel(level).log(format, arguments);
        }
    }

    private void writeOfServer(Level level, String server, String format, Object... arguments) {
        if (log.isEnabledForLevel(level) && lines.mayWrite(level, causeOfServer(server), LINES)) {
            log.atLevel(level).log(format, arguments);
        }
    }

    private static String cause(String association) {
        return "association " + association;
    }

    private static String causeOfServer(String server) {
        return "application server " + server;
    }

    /** What the lines were about, and its state now. */
    private synchronized String inWords(String cause) {
        Stream<String> ofServers =
                servers.entrySet().stream()
                        .filter(it -> causeOfServer(it.getKey()).equals(cause))
                        .map(it -> it.getValue().word());
        Stream<String> ofRows =
                rows.stream()
                        .filter(it -> cause(it.association.name()).equals(cause))
                        .map(LinkBoard::inWords);
        return Stream.concat(ofServers, ofRows)
                .collect(Collectors.joining("; ", "changes of " + cause + ", which is now: ", ""));
    }

    private static String inWords(Row row) {
        return "%s, ASP %s in application server %s"
                .formatted(row.up ? "connected" : "disconnected", row.asp, row.server.name());
    }

    // ---- associations

    synchronized void listening(Association association, HostPort at) {
        rowsOf(association).forEach(row -> row.address = at.toString());
    }

    /** What comes over an association. */
    synchronized void load(Association association, Inbound.Source source) {
        rowsOf(association).forEach(row -> row.source = source);
    }

    /** Something has gone wrong with an association. */
    synchronized void erred(Association association, String why) {
        LinkStatus.Trouble error = new LinkStatus.Trouble(time.now(), why);
        rowsOf(association).forEach(row -> row.error = error);
    }

    /** How each point is that an application server leads to, in the order of their codes. */
    synchronized List<LinkStatus.PointCode> pointCodes() {
        return rows.stream()
                .flatMap(row -> row.server.pointCodes().stream())
                .distinct()
                .sorted()
                .map(this::pointCode)
                .toList();
    }

    private LinkStatus.PointCode pointCode(int pointCode) {
        boolean served = mayServe(pointCode);
        Instant barred = unreachable.get(pointCode);
        Stream<Instant> changes =
                rows.stream()
                        .filter(row -> row.server.pointCodes().contains(pointCode))
                        .map(row -> Objects.requireNonNull(servers.get(row.server.name())))
                        .filter(state -> !served || state.mayCarry())
                        .map(ServerState::since);
        Instant since = // the first server that leads there, or the last that did
                (served
                                ? changes.min(Comparator.naturalOrder())
                                : changes.max(Comparator.naturalOrder()))
                        .orElseThrow();
        Instant asked = congested.get(pointCode);
        return new LinkStatus.PointCode(
                pointCode,
                served && barred == null,
                asked != null && asked.isAfter(time.now().minus(CONGESTION)),
                served && barred != null ? barred : since);
    }

    synchronized void connected(Association association, String peer) {
        rowsOf(association)
                .forEach(
                        row -> {
                            row.up = true;
                            row.since = time.now();
                            row.toldFailure = null;
                        });
        write(
                Level.INFO,
                association.name(),
                "association {}: connected {} {}",
                association.name(),
                association.listens() ? "from" : "to",
                peer);
    }

    synchronized void disconnected(Association association, String why) {
        rowsOf(association)
                .forEach(
                        row -> {
                            row.up = false;
                            row.since = time.now();
                        });
        if (closing) {
            log.info("association {}: disconnected", association.name());
        } else {
            erred(association, "disconnected: " + why);
            write(
                    Level.WARN,
                    association.name(),
                    "association {}: disconnected: {}",
                    association.name(),
                    why);
        }
    }

    /** The far end has started again what was the same association before. */
    synchronized void restarted(Association association) {
        write(
                Level.WARN,
                association.name(),
                "association {}: restarted by the far end (SCTP restart)",
                association.name());
    }

    /** A connection could not be made; logged again only if the reason differs. */
    synchronized void cannotConnect(Association association, Throwable why) {
        String reason = Objects.requireNonNullElse(why.getMessage(), why.toString());
        erred(association, "cannot connect: " + reason);
        boolean told = rowsOf(association).allMatch(row -> reason.equals(row.toldFailure));
        rowsOf(association).forEach(row -> row.toldFailure = reason);
        if (!told) {
            write(
                    Level.WARN,
                    association.name(),
                    "association {}: cannot connect: {}; the engine tries again until it can",
                    association.name(),
                    reason);
        }
        counters.increment("sigtran.connects.failed");
    }

    /** Somebody has connected whom no association waits for. */
    void connectionRefused() {
        counters.increment("sigtran.connections.refused");
    }

    /** A connection could not be taken, and waits. */
    void acceptFailed() {
        counters.increment("sigtran.accepts.failed");
    }

    /** What came was no good M3UA. */
    void malformed() {
        counters.increment("sigtran.messages.malformed");
    }

    /** What came did not fit the state of its ASP. */
    void unexpected() {
        counters.increment("sigtran.messages.unexpected");
    }

    /** A dialog may not begin. */
    void refused() {
        counters.increment("sigtran.begins.refused");
    }

    /** A message was not sent: its link is down, or the far end does not read. */
    void dropped() {
        counters.increment("sigtran.messages.dropped");
    }

    // ---- application server processes and application servers

    synchronized void asp(String server, String association, String state) {
        rows.stream()
                .filter(
                        row ->
                                row.server.name().equals(server)
                                        && row.association.name().equals(association)
                                        && !row.asp.equals(state))
                .forEach(
                        row -> {
                            row.asp = state;
                            row.since = time.now();
                            row.standsBy &= state.equals(INACTIVE);
                            write(
                                    Level.INFO,
                                    association,
                                    "association {}: ASP {} in application server {}",
                                    association,
                                    state,
                                    server);
                        });
    }

    /** The far end lets another process carry the traffic: this one is on standby. */
    synchronized void standsBy(String server, String association) {
        rows.stream()
                .filter(
                        row ->
                                row.server.name().equals(server)
                                        && row.association.name().equals(association))
                .forEach(row -> row.standsBy = true);
        write(
                Level.INFO,
                association,
                "association {}: another ASP carries the traffic of application server {}; this one"
                        + " stands by",
                association,
                server);
    }

    /** The far end sends us no traffic any more, and has not been asked to. */
    void lostTraffic(String server, String association, String why) {
        write(
                Level.WARN,
                association,
                "association {}: the far end has ended the traffic of application server {} ({}); the engine asks for it again",
                association,
                server,
                why);
    }

    /**
     * What the network says of one of its points.
     *
     * @return whether that is news
     */
    boolean destination(Association association, int pointCode, boolean reachable) {
        boolean news =
                reachable
                        ? unreachable.remove(pointCode) != null
                        : unreachable.putIfAbsent(pointCode, time.now()) == null;
        if (news && reachable) {
            write(
                    Level.INFO,
                    association.name(),
                    "association {}: point code {} can be reached again",
                    association.name(),
                    pointCode);
        } else if (news) {
            write(
                    Level.WARN,
                    association.name(),
                    "association {}: point code {} cannot be reached (DUNA)",
                    association.name(),
                    pointCode);
        }
        return news;
    }

    /** The network asks for fewer messages to one of its points. */
    void congested(Association association, int pointCode) {
        Instant before = congested.put(pointCode, time.now());
        if (before == null || before.isBefore(time.now().minus(CONGESTION))) {
            write(
                    Level.WARN,
                    association.name(),
                    "association {}: point code {} is congested (SCON)",
                    association.name(),
                    pointCode);
        }
    }

    /** A server's points count as reachable, or as unknown, whatever was said of them before. */
    void forgetDestinations(ApplicationServer server) {
        server.pointCodes().forEach(unreachable::remove);
    }

    synchronized void applicationServer(String server, String state) {
        String before = Objects.requireNonNull(servers.get(server)).word();
        if (state.equals(before)) {
            return;
        }
        servers.put(server, new ServerState(state, time.now()));
        anyActive = servers.values().stream().map(ServerState::word).anyMatch(ACTIVE::equals);
        if (state.equals(ACTIVE)) {
            writeOfServer(
                    Level.INFO, server, "application server {}: active: traffic flows", server);
        } else {
            writeOfServer(
                    closing || DOWN.equals(before) ? Level.INFO : Level.WARN,
                    server,
                    "application server {}: {}",
                    server,
                    state);
        }
    }

    /**
     * What a link still waits for after a long time is logged. The result is whether only a new
     * connection may help: ASPAC is not sent twice over the same.
     */
    synchronized boolean isStuck(Association association) {
        return rowsOf(association).filter(this::isStuck).count() > 0;
    }

    private boolean isStuck(Row row) {
        boolean asks = row.server.mode() == Mode.ASP || row.server.mode() == Mode.IPSP_CLIENT;
        boolean standby =
                row.standsBy
                        || (row.server.trafficMode() == TrafficMode.OVERRIDE
                                && stateOf(row.server).equals(ACTIVE));
        if (row.asp.equals(ACTIVE)) {
            if (!stateOf(row.server).equals(ACTIVE)) {
                waits(row, "has acknowledged ASPAC but sent no NTFY AS-ACTIVE");
            }
            return false;
        }
        if (standby && row.asp.equals(INACTIVE)) {
            return false;
        }
        if (asks && row.asp.equals(INACTIVE)) {
            waits(row, "does not acknowledge ASPAC");
            return true;
        }
        String missing = row.asp.equals(DOWN) ? "ASPUP" : "ASPAC";
        waits(row, asks ? "does not acknowledge " + missing : "sends no " + missing);
        return false;
    }

    private void waits(Row row, String what) {
        row.error = new LinkStatus.Trouble(time.now(), "the far end " + what);
        write(
                Level.WARN,
                row.association.name(),
                "association {}: the far end {} for application server {}: no traffic flows over it",
                row.association.name(),
                what,
                row.server.name());
    }

    /** Has the failure of work that nobody waits for logged. */
    static void logFailure(Future<?> work) {
        work.addListener(
                done -> {
                    if (!done.isSuccess() && !done.isCancelled()) {
                        log.warn("work on a link failed", done.cause());
                    }
                });
    }

    /** What becomes of a message that is to be sent. */
    enum SendResult {
        TAKEN,
        /** There is no connection: M3UA knows that, or will in a moment. */
        NO_LINK,
        /** The far end does not read: it is dropped. */
        NOT_READ
    }

    /** Why a connection ended: the first reason that anybody gave. */
    static final class CloseReason {
        private static final AttributeKey<CloseReason> KEY =
                AttributeKey.valueOf(CloseReason.class, "why");

        private volatile @Nullable String reason;

        static CloseReason of(Channel channel) {
            CloseReason fresh = new CloseReason();
            CloseReason known = channel.attr(KEY).setIfAbsent(fresh);
            return known == null ? fresh : known;
        }

        /** Ends a connection. */
        static void end(Channel channel, String why) {
            of(channel).because(why);
            logFailure(channel.close());
        }

        void because(String why) {
            if (reason == null) {
                reason = why;
            }
        }

        void because(Throwable why) {
            because(Objects.requireNonNullElse(why.getMessage(), why.toString()));
        }

        String reason() {
            String known = reason;
            return known == null ? "closed by the far end" : known;
        }
    }
}

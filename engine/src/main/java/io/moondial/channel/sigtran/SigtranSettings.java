package io.moondial.channel.sigtran;

import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.config.Key;
import io.moondial.config.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the engine is in a SIGTRAN network, and how it reaches it.
 *
 * @param pointCode its own
 * @param networkIndicator 0 to 3 (ITU-T Q.704 14.2.2); 2 is national
 * @param ssns the subsystems it answers at; the first is the one that it calls from
 * @param globalTitle its own, digits of an international ISDN number
 * @param applicationServers what it is towards its peers
 * @param remoteSubsystems where messages may go that are routed on a subsystem number
 * @param globalTitles which point a global title that is not ours goes to; the longest prefix wins,
 *     and what none matches goes to the first point that can be reached
 * @param links what holds for every association
 */
public record SigtranSettings(
        int pointCode,
        int networkIndicator,
        List<Integer> ssns,
        String globalTitle,
        List<ApplicationServer> applicationServers,
        List<RemoteSubsystem> remoteSubsystems,
        List<GlobalTitleRule> globalTitles,
        Links links) {
    /** How many application servers may lead to one point code: the M3UA layer's own limit. */
    public static final int MAX_SERVERS_FOR_POINT_CODE = 4;

    public SigtranSettings {
        ssns = List.copyOf(ssns);
        applicationServers = List.copyOf(applicationServers);
        remoteSubsystems = List.copyOf(remoteSubsystems);
        globalTitles = List.copyOf(globalTitles);
    }

    /** Every point code that an application server leads to, in the order of the rules. */
    public List<Integer> pointCodes() {
        return applicationServers.stream()
                .flatMap(it -> it.pointCodes().stream())
                .distinct()
                .toList();
    }

    /**
     * An application server (RFC 4666 1.2).
     *
     * @param routingContext null: none is sent
     * @param networkAppearance null: none is sent
     * @param pointCodes the points that are reached through it, in order of preference
     */
    public record ApplicationServer(
            String name,
            Mode mode,
            @Nullable Long routingContext,
            @Nullable Long networkAppearance,
            TrafficMode trafficMode,
            List<Integer> pointCodes,
            List<Association> associations) {
        public ApplicationServer {
            pointCodes = List.copyOf(pointCodes);
            associations = List.copyOf(associations);
        }
    }

    /** What we are in the exchange with the far side. */
    public enum Mode {
        /** An application server process: it asks the far side for traffic. */
        ASP,
        /** A signalling gateway: the far side asks us. */
        SGW,
        /** An IP server process that asks. */
        IPSP_CLIENT,
        /** An IP server process that is asked. */
        IPSP_SERVER;

        /** As the rules write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How associations of one application server share its traffic. */
    public enum TrafficMode {
        LOADSHARE,
        OVERRIDE;

        /** As the rules write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What carries M3UA. */
    public enum Transport {
        SCTP,
        /** For laboratories and tests: one message behind the other, as RFC 4666 frames them. */
        TCP;

        /** As the rules write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One association.
     *
     * @param address the far end that we connect to, or the one of ours that we listen at
     * @param listens whether the far end connects to us
     * @param local what we connect from; null: whatever is free. Never where we listen
     * @param extraLocal further addresses of ours, for an SCTP association over several paths
     * @param peer the only host that may connect to us; null: any
     * @param aspIdentifier what ASPUP says of us (RFC 4666 3.5.1); null: nothing
     * @param admission what this far end may bring; null: what holds for every association
     */
    public record Association(
            String name,
            Transport transport,
            Endpoint address,
            boolean listens,
            @Nullable Endpoint local,
            List<String> extraLocal,
            @Nullable String peer,
            @Nullable Long aspIdentifier,
            @Nullable Admission admission) {
        public Association {
            extraLocal = List.copyOf(extraLocal);
        }

        /** Connects over TCP from any address. */
        public static Association connecting(String name, Endpoint address) {
            return plain(name, address, false);
        }

        /** Listens for TCP. */
        public static Association listening(String name, Endpoint address) {
            return plain(name, address, true);
        }

        private static Association plain(String name, Endpoint address, boolean listens) {
            return new Association(
                    name, Transport.TCP, address, listens, null, List.of(), null, null, null);
        }

        /** The same, with what its far end may bring. */
        public Association admitting(Admission limits) {
            return new Association(
                    name,
                    transport,
                    address,
                    listens,
                    local,
                    extraLocal,
                    peer,
                    aspIdentifier,
                    limits);
        }

        @Override
        public String toString() {
            return transport.word() + " " + address;
        }
    }

    /** A subsystem of the far side. */
    public record RemoteSubsystem(int pointCode, int ssn) {}

    /** Where global titles go that begin with these digits. */
    public record GlobalTitleRule(String prefix, int pointCode) {}

    /** What the far end of one association may bring, so that a flood hurts its own link only. */
    public record Admission(
            @Key(
                            value =
                                    "How many dialogs a far end may begin per second. As many may come at the same moment. More are refused unread.",
                            unset = "5000",
                            from = "1",
                            to = "" + Admission.MAX_BEGINS)
                    int beginsPerSecond,
            @Key(
                            value =
                                    "When this part of dialogs.max runs and other associations are connected too, an association that has more than its equal share cannot begin dialogs.",
                            unset = "80%",
                            from = "1%",
                            to = "100%")
                    int dialogs,
            @Key(
                            value =
                                    "How many messages of a far end may wait for the layers above. Above this, nothing is read from it.",
                            unset = "2000",
                            from = "100",
                            to = "1000000")
                    int maxWaiting,
            @Key(
                            value =
                                    "How many refused begins per second are answered with P-ABORT. More are dropped.",
                            unset = "500",
                            from = "0",
                            to = "" + Admission.MAX_BEGINS)
                    int refusalsAnswered) {
        /** The most that {@code beginsPerSecond} can be. */
        public static final int MAX_BEGINS = 1_000_000;

        /** How the rules have it. */
        public static final Schema<Admission> SCHEMA = Schema.of(Admission.class);

        /** Where nothing else is said. */
        public static final Admission DEFAULT = SCHEMA.defaults();

        /** As many as can come: the far end is trusted, or is our own. */
        public static final Admission UNLIMITED = new Admission(MAX_BEGINS, 100, 10_000, 0);
    }

    /**
     * What holds for every association.
     *
     * @param reconnectInterval how long after a lost or failed connection it is tried again
     * @param heartbeat how long a silent far end is trusted before it is asked for a sign of life;
     *     three without an answer end the connection. Zero: it is never asked. Null: {@link
     *     #TCP_HEARTBEAT} over TCP, and never over SCTP, whose kernel asks
     * @param ackTimeout after how long without an answer ASPUP and ASPAC are sent again: T(ack) of
     *     RFC 4666 4.3.4
     * @param activationTimeout how long a connected far end may take to acknowledge ASPUP, and from
     *     then on to let our traffic begin, before that is logged. One that has connected to us
     *     without ASPUP, or its acknowledgement, is cut off; one that does not acknowledge ASPAC is
     *     connected to anew
     * @param maxUnsent how many octets may wait for a far end that does not read, before further
     *     messages to it are dropped
     * @param stallTimeout how long it may go on not reading, before the connection is ended
     * @param maxSccpMessage how many octets an SCCP message may have; what does not fit into one is
     *     cut into segments
     * @param admission what each far end may bring
     */
    public record Links(
            Duration reconnectInterval,
            @Nullable Duration heartbeat,
            Duration ackTimeout,
            Duration activationTimeout,
            int maxUnsent,
            Duration stallTimeout,
            int maxSccpMessage,
            Admission admission) {
        /** When nothing else is said; TCP itself notices a far end that is gone after hours. */
        public static final Duration TCP_HEARTBEAT = Duration.ofSeconds(10);

        public static final Links DEFAULT =
                new Links(
                        Duration.ofSeconds(2),
                        null,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        8 << 20,
                        Duration.ofSeconds(30),
                        SignallingPlan.MAX_SCCP_MESSAGE,
                        Admission.DEFAULT);

        /** What stands for {@code heartbeat} where it is not given. */
        Duration heartbeat(Transport transport) {
            Duration given = heartbeat;
            if (given != null) {
                return given;
            }
            return transport == Transport.TCP ? TCP_HEARTBEAT : Duration.ZERO;
        }

        /** What the far end of this association may bring. */
        Admission admission(Association association) {
            Admission own = association.admission();
            return own == null ? admission : own;
        }
    }
}

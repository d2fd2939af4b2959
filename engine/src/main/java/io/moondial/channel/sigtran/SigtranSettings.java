package io.moondial.channel.sigtran;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.config.Checked;
import io.moondial.config.HostPort;
import io.moondial.config.Key;
import io.moondial.config.Notation;
import io.moondial.config.Schema;
import io.moondial.config.Section;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the engine is in a SIGTRAN network, and how it reaches it: the section {@code sigtran} of
 * the network.
 *
 * @param pointCode its own, of 14 bits (ITU-T Q.704 2.2.3)
 * @param networkIndicator 0 to 3 (ITU-T Q.704 14.2.2); 2 is national
 * @param ssns the subsystems it answers at (ITU-T Q.713 3.4.2.2, without 0 for unknown and 255 for
 *     expansion); the first is the one that it calls from
 * @param globalTitle its own, digits of an international ISDN number
 * @param applicationServers what it is towards its peers
 * @param remoteSubsystems where messages may go that are routed on a subsystem number; if none is
 *     given, the usual ones at each point code
 * @param globalTitles which point a global title that is not ours goes to; the longest prefix wins,
 *     and what none matches goes to the first point that can be reached
 * @param links what holds for every association
 */
public record SigtranSettings(
        @Key(value = "Our own point code.", from = "1", to = "16383", example = "2") int pointCode,
        @Key(
                        value = "The network indicator; 2 is national.",
                        unset = "" + SignallingPlan.NATIONAL,
                        from = "0",
                        to = "3")
                int networkIndicator,
        @Key(
                        value = "The subsystem numbers at which the engine answers.",
                        unset = "[6, 147]",
                        from = "1",
                        to = "254")
                List<Integer> ssns,
        @Key(
                        value = "Our own global title.",
                        matches = SigtranSettings.TITLE,
                        allowed = SigtranSettings.TITLE_ALLOWED,
                        example = "27829000000")
                String globalTitle,
        @Key(
                        value = "What the engine is towards its peers.",
                        oneAtLeast = "there is none: name at least one, with its associations")
                List<ApplicationServer> applicationServers,
        @Key(
                        value = "Where messages that are routed on a subsystem number may go.",
                        unsetIs = "6, 7, 8 and 147 at each of point_codes",
                        example = "{point_code: 1, ssn: 8}")
                List<RemoteSubsystem> remoteSubsystems,
        @Key(
                        value =
                                "Where other global titles than ours go: to the longest prefix that matches. If none matches, to the first point that is up.",
                        example = "{prefix: \"2782\", point_code: 1}")
                List<GlobalTitleRule> globalTitles,
        Links links)
        implements Checked {
    /** How many application servers may lead to one point code: the M3UA layer's own limit. */
    public static final int MAX_SERVERS_FOR_POINT_CODE = 4;

    static final String TITLE = "[0-9]{1,20}";
    static final String TITLE_ALLOWED = "a global title: 1 to 20 digits";
    static final String NAME = "[a-zA-Z][a-zA-Z0-9_-]*";
    static final String NAME_ALLOWED = "a name: letters, digits, _ and -, beginning with a letter";
    static final String ADDRESS = "[0-9A-Fa-f.:]{2,45}";
    static final String ADDRESS_ALLOWED = "an address, such as \"10.0.0.1\"";
    static final String MAX_CONTEXT = "4294967295";

    /** Whom USSD comes from and goes to: HLR, VLR, MSC and gsmSCF (3GPP TS 23.003 8.2). */
    private static final List<Integer> USUAL_SUBSYSTEMS = List.of(6, 7, 8, 147);

    public SigtranSettings {
        ssns = List.copyOf(ssns);
        applicationServers = List.copyOf(applicationServers);
        remoteSubsystems =
                remoteSubsystems.isEmpty()
                        ? usualSubsystems(applicationServers)
                        : remoteSubsystems.stream().distinct().toList();
        globalTitles = List.copyOf(globalTitles);
    }

    private static List<RemoteSubsystem> usualSubsystems(List<ApplicationServer> servers) {
        return pointCodes(servers).stream()
                .flatMap(
                        point ->
                                USUAL_SUBSYSTEMS.stream()
                                        .map(ssn -> new RemoteSubsystem(point, ssn)))
                .toList();
    }

    /** Every point code that an application server leads to, in the order of the rules. */
    public List<Integer> pointCodes() {
        return pointCodes(applicationServers);
    }

    private static List<Integer> pointCodes(List<ApplicationServer> servers) {
        return servers.stream().flatMap(it -> it.pointCodes().stream()).distinct().toList();
    }

    /** Servers, associations and points must fit each other. */
    @Override
    public void check(Section sigtran) {
        new SigtranCheck(this, sigtran).check();
    }

    /**
     * An application server (RFC 4666 1.2).
     *
     * @param routingContext null: none is sent
     * @param networkAppearance null: none is sent
     * @param pointCodes the points that are reached through it, in order of preference
     */
    public record ApplicationServer(
            @Key(
                            value = "Its name, for logs and status.",
                            matches = SigtranSettings.NAME,
                            allowed = SigtranSettings.NAME_ALLOWED,
                            example = "stp")
                    String name,
            @Key(value = "The mode of the engine towards the far side (RFC 4666).", example = "asp")
                    Mode mode,
            @Key(
                            value = "The routing context that is sent.",
                            unsetIs = "none is sent",
                            from = "0",
                            to = SigtranSettings.MAX_CONTEXT,
                            example = "101")
                    @Nullable Long routingContext,
            @Key(
                            value = "The network appearance that is sent.",
                            unsetIs = "none is sent",
                            from = "0",
                            to = SigtranSettings.MAX_CONTEXT,
                            example = "102")
                    @Nullable Long networkAppearance,
            @Key(
                            value =
                                    "How its associations share the traffic. loadshare: all carry traffic. override: one carries all traffic, the others are on standby.",
                            unset = "loadshare")
                    TrafficMode trafficMode,
            @Key(
                            value = "The points that it leads to, the preferred one first.",
                            from = "1",
                            to = "16383",
                            example = "[1]")
                    List<Integer> pointCodes,
            @Key(
                            value =
                                    "Its associations. An association that serves several application servers is listed in each.",
                            oneAtLeast = "there is none: name at least one")
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
        OVERRIDE
    }

    /** What carries M3UA. */
    public enum Transport {
        SCTP,
        /** For laboratories and tests: one message after the other, as RFC 4666 frames them. */
        TCP;

        /** As the rules write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One association. It connects or listens: one of the two addresses is given, the other null.
     *
     * @param connect the far end that we connect to
     * @param listen where the far end connects to us
     * @param local what we connect from; null: any that is free. Not used if we listen
     * @param extraLocal further addresses of ours, for an SCTP association over several paths
     * @param peer the only host that may connect to us; null: any
     * @param aspIdentifier what ASPUP says of us (RFC 4666 3.5.1); null: nothing
     * @param admission what this far end may bring; null: what holds for every association
     */
    public record Association(
            @Key(
                            value = "Its name, for logs and status.",
                            matches = SigtranSettings.NAME,
                            allowed = SigtranSettings.NAME_ALLOWED,
                            example = "a1")
                    String name,
            @Key(
                            value = "What carries M3UA: sctp, or tcp for laboratories and tests.",
                            unset = "sctp")
                    Transport transport,
            @Key(
                            value =
                                    "The far end that the engine connects to. Either this or listen.",
                            as = WrittenAddress.class,
                            example = "10.0.0.1:2905")
                    @Nullable HostPort connect,
            @Key(
                            value =
                                    "Where the far end connects to the engine. Either this or connect.",
                            as = WrittenAddress.class,
                            example = "10.0.0.2:2906")
                    @Nullable HostPort listen,
            @Key(
                            value = "Where the engine connects from.",
                            unsetIs = "whatever is free",
                            as = WrittenAddress.class,
                            example = "10.0.0.2:2906")
                    @Nullable HostPort local,
            @Key(
                            value =
                                    "More addresses of the engine, for an SCTP association over several paths.",
                            unset = "[]",
                            example = "[10.0.1.2]",
                            matches = SigtranSettings.ADDRESS,
                            allowed = SigtranSettings.ADDRESS_ALLOWED)
                    List<String> extraLocal,
            @Key(
                            value = "With listen: the only host that may connect.",
                            unsetIs = "any",
                            matches = SigtranSettings.ADDRESS,
                            allowed = SigtranSettings.ADDRESS_ALLOWED,
                            example = "10.0.0.1")
                    @Nullable String peer,
            @Key(
                            value = "The ASP identifier that is sent in ASPUP; none: none is sent.",
                            unset = "none",
                            nullIs = "none",
                            from = "0",
                            to = SigtranSettings.MAX_CONTEXT)
                    @Nullable Long aspIdentifier,
            @Key(
                            value =
                                    "The limits of this association only. What is left out is as for every association.",
                            inherits = "links.admission",
                            example = "{begins_per_second: 100}")
                    @Nullable Admission admission)
            implements Checked {
        public Association {
            extraLocal = List.copyOf(extraLocal);
        }

        /** Connects over TCP from any address. */
        public static Association connecting(String name, HostPort address) {
            return plain(name, address, null);
        }

        /** Listens for TCP. */
        public static Association listening(String name, HostPort address) {
            return plain(name, null, address);
        }

        private static Association plain(
                String name, @Nullable HostPort connect, @Nullable HostPort listen) {
            return new Association(
                    name, Transport.TCP, connect, listen, null, List.of(), null, null, null);
        }

        /** Whether the far end connects to us. */
        public boolean listens() {
            return listen != null;
        }

        /** The far end that we connect to, or the address of ours that we listen at. */
        public HostPort address() {
            return requireNonNull(listen == null ? connect : listen);
        }

        /** The same, with what its far end may bring. */
        public Association admitting(Admission limits) {
            return new Association(
                    name,
                    transport,
                    connect,
                    listen,
                    local,
                    extraLocal,
                    peer,
                    aspIdentifier,
                    limits);
        }

        @Override
        public void check(Section section) {
            if (section.has("connect") == section.has("listen")) {
                section.refuse("an association needs exactly one of connect and listen");
            }
            if (section.has("listen") && section.has("local")) {
                section.refuse("local", "listen already says where we listen: remove this key");
            }
            if (listen != null && !listen.isOfThisMachine() && !section.has("peer")) {
                section.warn(
                        "listen",
                        "whoever connects first holds this association; name its far end in peer");
            }
            if (section.has("connect") && section.has("peer")) {
                section.refuse("peer", "connect already says whom we connect to: remove this key");
            }
            if (!extraLocal.isEmpty() && transport == Transport.TCP) {
                section.refuse(
                        "extra_local",
                        "TCP has only one address at each end: this key is for sctp");
            } else if (!extraLocal.isEmpty() && listen == null && local == null) {
                section.refuse("extra_local", "this key needs local, which is missing");
            }
        }

        @Override
        public String toString() {
            return transport.word() + " " + address();
        }
    }

    /** How the rules write the address of an association. */
    static final class WrittenAddress implements Supplier<Notation<HostPort>> {
        @Override
        public Notation<HostPort> get() {
            return HostPort.written("10.0.0.1:2905");
        }
    }

    /** A subsystem of the far side. */
    public record RemoteSubsystem(
            @Key(
                            value = "One of the point codes that an application server leads to.",
                            from = "1",
                            to = "16383",
                            example = "1")
                    int pointCode,
            @Key(value = "The subsystem number there.", from = "1", to = "254", example = "8")
                    int ssn) {}

    /** Where global titles that begin with these digits go. */
    public record GlobalTitleRule(
            @Key(
                            value = "The beginning of the global title.",
                            matches = SigtranSettings.TITLE,
                            allowed = SigtranSettings.TITLE_ALLOWED,
                            example = "2782")
                    String prefix,
            @Key(
                            value = "One of the point codes that an application server leads to.",
                            from = "1",
                            to = "16383",
                            example = "1")
                    int pointCode) {}

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

        /** The defaults. */
        public static final Admission DEFAULT = Schema.of(Admission.class).defaults();

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
     *     cut into segments. Sixteen segments of the least hold any message of TCAP, whatever the
     *     addresses
     * @param admission what each far end may bring
     */
    public record Links(
            @Key(
                            value =
                                    "The time from a lost or failed connection to the next attempt.",
                            unset = "2s",
                            from = "10ms",
                            to = "1h")
                    Duration reconnectInterval,
            @Key(
                            value =
                                    "M3UA BEAT is sent after this time of silence; 0s: never. auto: 10s over tcp, never over sctp, where the kernel sends its own.",
                            unset = "auto",
                            nullIs = "auto",
                            from = "0s",
                            to = "1h")
                    @Nullable Duration heartbeat,
            @Key(
                            value = "When ASPUP and ASPAC are sent again.",
                            unset = "2s",
                            from = "100ms",
                            to = "1m")
                    Duration ackTimeout,
            @Key(
                            value =
                                    "How long a far end may take to acknowledge ASPUP, and then to start traffic, before this is logged.",
                            unset = "10s",
                            from = "100ms",
                            to = "1h")
                    Duration activationTimeout,
            @Key(
                            value = "How much may wait for a far end that does not read.",
                            unset = "8MiB",
                            from = "64KiB",
                            to = "1GiB")
                    int maxUnsent,
            @Key(
                            value =
                                    "How long a far end may read nothing, before it is connected again.",
                            unset = "30s",
                            from = "100ms",
                            to = "1h")
                    Duration stallTimeout,
            @Key(
                            value =
                                    "The size limit of an SCCP message. A longer one is sent in XUDT segments.",
                            unset = SignallingPlan.MAX_SCCP_MESSAGE + "B",
                            from = "128B",
                            to = SignallingPlan.MAX_SCCP_MESSAGE + "B")
                    int maxSccpMessage,
            @Key("Limits of each association, so that a flood affects only its own link.")
                    Admission admission) {
        /** When nothing else is said; TCP itself notices a lost far end only after hours. */
        public static final Duration TCP_HEARTBEAT = Duration.ofSeconds(10);

        public static final Links DEFAULT = Schema.of(Links.class).defaults();

        /** What stands for {@code heartbeat} if it is not given. */
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

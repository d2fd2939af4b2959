package io.moondial.rules;

import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.GlobalTitleRule;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The section of a SIGTRAN network. */
final class SigtranReader {
    /** Sixteen segments of it hold any message of TCAP, whatever the addresses. */
    private static final int LEAST_SCCP_MESSAGE = 128;

    /** A point code of 14 bits (ITU-T Q.704 2.2.3). */
    static final ValueType<Integer> POINT_CODE = ValueType.wholeNumber(1, 16_383);

    /** A subsystem number (ITU-T Q.713 3.4.2.2), without 0 for unknown and 255 for expansion. */
    static final ValueType<Integer> SUBSYSTEM = ValueType.wholeNumber(1, 254);

    static final ValueType<String> NAME =
            ValueType.text(
                    "a name: letters, digits, _ and -, beginning with a letter",
                    Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*"));

    static final ValueType<Long> CONTEXT = ValueType.wholeNumber(0, 0xffff_ffffL);
    private static final ValueType<String> TITLE =
            ValueType.text("a global title: 1 to 20 digits", Pattern.compile("[0-9]{1,20}"));
    private static final ValueType<Mode> MODE = Words.choice(Mode.values(), Mode::word);
    private static final ValueType<TrafficMode> TRAFFIC_MODE =
            Words.choice(TrafficMode.values(), TrafficMode::word);

    /** Whom USSD comes from and goes to: HLR, VLR, MSC and gsmSCF (3GPP TS 23.003 8.2). */
    private static final List<Integer> USUAL_SUBSYSTEMS = List.of(6, 7, 8, 147);

    private static final int UNKNOWN = 0;

    private static final String AUTO = "auto";

    private static final ValueType<Heartbeat> HEARTBEAT = heartbeat();

    /**
     * When a far end is asked for a sign of life.
     *
     * @param after null: as the transport needs it
     */
    private record Heartbeat(@Nullable Duration after) {}

    private final Section sigtran;
    private final Admission admission;
    private final Map<String, Association> associations = new LinkedHashMap<>();
    private final Set<String> servers = new HashSet<>();
    private final Map<Integer, Integer> serversOfPoint = new LinkedHashMap<>();
    private final Map<String, Mode> modes = new LinkedHashMap<>();

    private SigtranReader(Section sigtran) {
        this.sigtran = sigtran;
        admission = Admission.SCHEMA.read(sigtran.section("admission"));
    }

    private static ValueType<Heartbeat> heartbeat() {
        ValueType<Duration> given = ValueType.duration(Duration.ZERO, Duration.ofHours(1));
        return new ValueType<>(
                AUTO + ", or " + given.allowed(),
                List.of(AUTO),
                scalar ->
                        scalar.text().equals(AUTO)
                                ? Optional.of(new Heartbeat(null))
                                : given.parser().apply(scalar).map(Heartbeat::new));
    }

    static SigtranSettings read(Section sigtran) {
        return new SigtranReader(sigtran).settings();
    }

    private SigtranSettings settings() {
        int pointCode = sigtran.require("point_code", POINT_CODE).orElse(UNKNOWN);
        List<ApplicationServer> read = new ArrayList<>();
        List<Section> given = sigtran.sections("application_servers");
        if (given.isEmpty()) {
            sigtran.refuse(
                    "application_servers",
                    "there is none: name at least one, with its associations");
        }
        given.forEach(it -> read.add(applicationServer(it, pointCode)));
        for (int i = 0; i < read.size(); i++) {
            warnOfPoints(given.get(i), read.get(i), read);
        }
        List<Integer> points =
                read.stream().flatMap(it -> it.pointCodes().stream()).distinct().toList();
        return new SigtranSettings(
                pointCode,
                sigtran.find("network_indicator", ValueType.wholeNumber(0, 3), 2),
                sigtran.distinct("ssns", SUBSYSTEM, List.of(6, 147)),
                sigtran.require("global_title", TITLE).orElse("0"),
                read,
                remoteSubsystems(points),
                globalTitles(points),
                links());
    }

    private ApplicationServer applicationServer(Section server, int ownPointCode) {
        String name = server.require("name", NAME).orElse("?");
        if (!servers.add(name)) {
            server.refuse("name", name + " appears twice; choose another name");
        }
        Mode mode = server.require("mode", MODE).orElse(Mode.ASP);
        Optional<Long> context = server.find("routing_context", CONTEXT);
        List<Integer> points = server.distinct("point_codes", POINT_CODE, List.of());
        if (!server.has("point_codes")) {
            server.refuse("point_codes is missing; allowed is a list such as [1, 5]");
        }
        points.forEach(point -> checkPoint(server, point, ownPointCode));
        List<Section> given = server.sections("associations");
        if (given.isEmpty()) {
            server.refuse("associations", "there is none: name at least one");
        }
        return new ApplicationServer(
                name,
                mode,
                context.orElse(null),
                server.find("network_appearance", CONTEXT).orElse(null),
                server.find("traffic_mode", TRAFFIC_MODE, TrafficMode.LOADSHARE),
                points,
                given.stream().map(it -> association(it, mode, context.isPresent())).toList());
    }

    /**
     * Servers that have some point in common, and not all, lead to STPs that are mates, it seems:
     * what one passes on of the other comes over an association that does not lead to its point.
     */
    private static void warnOfPoints(
            Section section, ApplicationServer server, List<ApplicationServer> all) {
        for (ApplicationServer other : all) {
            List<Integer> missing = new ArrayList<>(other.pointCodes());
            missing.removeAll(server.pointCodes());
            if (!missing.isEmpty()
                    && missing.size() < other.pointCodes().size()
                    && Collections.disjoint(server.associations(), other.associations())) {
                section.warn(
                        "point_codes",
                        "%s leads to some of these points too, and also names %s: messages from there over associations of %s are dropped (origin_check); name it here too if the STPs share the load"
                                .formatted(
                                        other.name(),
                                        missing.stream()
                                                .map(String::valueOf)
                                                .collect(Collectors.joining(", ")),
                                        server.name()));
            }
        }
    }

    private void checkPoint(Section server, int point, int ownPointCode) {
        if (point == ownPointCode) {
            server.refuse("point_codes", point + " is our own; name those of the far side");
        }
        int count = serversOfPoint.merge(point, 1, Integer::sum);
        if (count == SigtranSettings.MAX_SERVERS_FOR_POINT_CODE + 1) {
            server.refuse(
                    "point_codes",
                    "more than %d application servers lead to %d"
                            .formatted(SigtranSettings.MAX_SERVERS_FOR_POINT_CODE, point));
        }
    }

    /** An association that serves several application servers stands in each, the same. */
    private Association association(Section section, Mode mode, boolean hasContext) {
        Association read = AssociationReader.read(section, admission);
        Association before = associations.putIfAbsent(read.name(), read);
        Mode modeBefore = modes.putIfAbsent(read.name(), mode);
        if (before == null) {
            return read;
        }
        if (!before.equals(read)) {
            section.refuse(
                    "name",
                    read.name()
                            + " appears twice with different values; choose another name, or write the same values");
        } else if (modeBefore != mode || !hasContext) {
            section.refuse(
                    "name",
                    read.name()
                            + " serves two application servers: both must have the same mode, and each needs its own routing_context");
        }
        return read;
    }

    private List<RemoteSubsystem> remoteSubsystems(List<Integer> points) {
        List<Section> given = sigtran.sections("remote_subsystems");
        if (given.isEmpty()) {
            return points.stream()
                    .flatMap(
                            point ->
                                    USUAL_SUBSYSTEMS.stream()
                                            .map(ssn -> new RemoteSubsystem(point, ssn)))
                    .toList();
        }
        List<RemoteSubsystem> read = new ArrayList<>();
        for (Section it : given) {
            Optional<Integer> point = pointCode(it, points);
            Optional<Integer> ssn = it.require("ssn", SUBSYSTEM);
            point.flatMap(pc -> ssn.map(number -> new RemoteSubsystem(pc, number)))
                    .ifPresent(read::add);
        }
        return read.stream().distinct().toList();
    }

    private List<GlobalTitleRule> globalTitles(List<Integer> points) {
        List<GlobalTitleRule> read = new ArrayList<>();
        Set<String> prefixes = new HashSet<>();
        for (Section it : sigtran.sections("global_titles")) {
            Optional<String> prefix = it.require("prefix", TITLE);
            Optional<Integer> point = pointCode(it, points);
            prefix.filter(digits -> !prefixes.add(digits))
                    .ifPresent(
                            digits -> it.refuse("prefix", digits + " appears twice; remove one"));
            prefix.flatMap(digits -> point.map(pc -> new GlobalTitleRule(digits, pc)))
                    .ifPresent(read::add);
        }
        return read;
    }

    private static Optional<Integer> pointCode(Section section, List<Integer> points) {
        Optional<Integer> point = section.require("point_code", POINT_CODE);
        point.filter(it -> !points.contains(it))
                .ifPresent(
                        it ->
                                section.refuse(
                                        "point_code",
                                        "no application server leads to %d; its point_codes must name it"
                                                .formatted(it)));
        return point;
    }

    private Links links() {
        Links otherwise = Links.DEFAULT;
        return new Links(
                sigtran.find(
                        "reconnect_interval",
                        ValueType.duration(Duration.ofMillis(10), Duration.ofHours(1)),
                        otherwise.reconnectInterval()),
                sigtran.find("heartbeat", HEARTBEAT, new Heartbeat(null)).after(),
                sigtran.find(
                        "ack_timeout",
                        ValueType.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                        otherwise.ackTimeout()),
                sigtran.find(
                        "activation_timeout",
                        ValueType.duration(Duration.ofMillis(100), Duration.ofHours(1)),
                        otherwise.activationTimeout()),
                sigtran.find(
                                "max_unsent",
                                ValueType.size(64 << 10, 1 << 30),
                                (long) otherwise.maxUnsent())
                        .intValue(),
                sigtran.find(
                        "stall_timeout",
                        ValueType.duration(Duration.ofMillis(100), Duration.ofHours(1)),
                        otherwise.stallTimeout()),
                sigtran.find(
                                "max_sccp_message",
                                ValueType.size(LEAST_SCCP_MESSAGE, SignallingPlan.MAX_SCCP_MESSAGE),
                                (long) otherwise.maxSccpMessage())
                        .intValue(),
                admission);
    }
}

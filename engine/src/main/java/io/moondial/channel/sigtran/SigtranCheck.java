package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the parts of {@link SigtranSettings} fit each other: servers, associations, points. */
final class SigtranCheck {
    private final SigtranSettings settings;
    private final Section sigtran;
    private final Set<String> names = new HashSet<>();
    private final Map<Integer, Integer> serversOfPoint = new HashMap<>();
    private final Map<String, Association> associations = new HashMap<>();
    private final Map<String, Mode> modes = new HashMap<>();

    SigtranCheck(SigtranSettings settings, Section sigtran) {
        this.settings = settings;
        this.sigtran = sigtran;
    }

    /** Makes problems and warnings of what does not fit. */
    void check() {
        List<Section> servers = sigtran.sections("application_servers");
        for (int i = 0; i < servers.size(); i++) {
            checkServer(servers.get(i), settings.applicationServers().get(i));
        }
        sigtran.sections("remote_subsystems").forEach(this::checkPointCode);
        Set<String> prefixes = new HashSet<>();
        List<Section> titles = sigtran.sections("global_titles");
        for (int i = 0; i < titles.size(); i++) {
            String prefix = settings.globalTitles().get(i).prefix();
            if (titles.get(i).hasAllowed("prefix") && !prefixes.add(prefix)) {
                titles.get(i).refuse("prefix", prefix + " appears twice; remove one");
            }
            checkPointCode(titles.get(i));
        }
    }

    private void checkPointCode(Section section) {
        if (section.hasAllowed("point_code")) {
            section.find("point_code", ValueType.wholeNumber(0, Integer.MAX_VALUE))
                    .filter(it -> !settings.pointCodes().contains(it))
                    .ifPresent(
                            it ->
                                    section.refuse(
                                            "point_code",
                                            "no application server leads to %d; its point_codes must name it"
                                                    .formatted(it)));
        }
    }

    private void checkServer(Section section, ApplicationServer server) {
        if (section.hasAllowed("name") && !names.add(server.name())) {
            section.refuse("name", server.name() + " appears twice; choose another name");
        }
        server.pointCodes().forEach(point -> checkPoint(section, point));
        warnOfPoints(section, server, settings.applicationServers());
        List<Section> given = section.sections("associations");
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i).hasAllowed("name")) {
                checkAssociation(given.get(i), server.associations().get(i), server);
            }
        }
    }

    private void checkPoint(Section server, int point) {
        if (sigtran.hasAllowed("point_code") && point == settings.pointCode()) {
            server.refuse("point_codes", point + " is our own; name those of the far side");
        }
        if (serversOfPoint.merge(point, 1, Integer::sum)
                == SigtranSettings.MAX_SERVERS_FOR_POINT_CODE + 1) {
            server.refuse(
                    "point_codes",
                    "more than %d application servers lead to %d"
                            .formatted(SigtranSettings.MAX_SERVERS_FOR_POINT_CODE, point));
        }
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

    /** An association that serves several application servers stands in each, the same. */
    private void checkAssociation(
            Section section, Association association, ApplicationServer server) {
        String name = association.name();
        Association before = associations.putIfAbsent(name, association);
        Mode modeBefore = modes.putIfAbsent(name, server.mode());
        if (before == null) {
            return;
        }
        if (!before.equals(association)) {
            section.refuse(
                    "name",
                    name
                            + " appears twice with different values; choose another name, or write the same values");
        } else if (modeBefore != server.mode() || server.routingContext() == null) {
            section.refuse(
                    "name",
                    name
                            + " serves two application servers: both must have the same mode, and each needs its own routing_context");
        }
    }
}

package io.moondial.cli.migration;

import io.moondial.config.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The links of the SigtranApps of N2SVCD. They become comments of the rules file: an engine with
 * the same point code and addresses must not connect while the other one is in service.
 */
final class N2svcdLinks {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]{1,255}");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,15}");

    /** What is read of a connection. */
    private static final Set<String> KNOWN =
            Set.of(
                    "name",
                    "type",
                    "mode",
                    "role",
                    "next_hop_pc",
                    "remote_host",
                    "remote_port",
                    "local_host",
                    "local_port");

    private static final String SUBSYSTEMS = "    ssns: ";
    private static final String OWN = "  # not there: write your own";

    private final Notes notes;
    private final List<String> lines = new ArrayList<>();

    /** The subsystem of the engine's own messages; null: it is not told. */
    private @Nullable String own;

    /**
     * Of no application yet.
     *
     * @param notes takes what is left out
     */
    N2svcdLinks(Notes notes) {
        this.notes = notes;
    }

    /**
     * What stands at the end of the rules file: comments, or nothing.
     *
     * @param dialled the subsystems that triggers name
     */
    String comment(Set<Integer> dialled) {
        if (lines.isEmpty()) {
            return "";
        }
        Set<String> subsystems = new LinkedHashSet<>();
        if (own != null) {
            subsystems.add(own);
        }
        dialled.forEach(it -> subsystems.add(it.toString()));
        StringBuilder text =
                new StringBuilder(
                        """

                        # The links. They are comments, so that no engine connects while the other one is in service.
                        # Look at each value, then remove the section network above, and the # of each line below.
                        #
                        """);
        for (String line : lines) {
            if (!line.equals(SUBSYSTEMS)) {
                text.append('#').append(line).append('\n');
            } else if (!subsystems.isEmpty()) {
                text.append('#').append(line).append(subsystems).append('\n');
            }
        }
        return text.toString();
    }

    /** Reads the parameters, connections and routes of an application. */
    void read(XmlElement application) {
        if (!lines.isEmpty()) {
            notes.leftOut(
                    application,
                    "an engine has one network: a second one needs an engine and rules of its own");
            return;
        }
        List<XmlElement> connections = new ArrayList<>();
        for (XmlElement list : of(application, "connections")) {
            for (XmlElement connection : list.children()) {
                if (Objects.equals(connection.attribute("type"), "m3ua")) {
                    connections.add(connection);
                } else {
                    notes.leftOut(
                            connection,
                            Objects.equals(connection.attribute("type"), "loopback")
                                    ? "network: embedded is a network in memory"
                                    : "links are M3UA only: ask for an M3UA link at the STP");
                }
            }
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        N2svcdConfiguration.parameters(application, notes)
                .forEach((name, it) -> parameter(name, it, parameters, !connections.isEmpty()));
        List<XmlElement> routes =
                of(application, "routes").stream().flatMap(it -> it.children().stream()).toList();
        of(application, "handlers")
                .forEach(
                        it ->
                                notes.leftOut(
                                        it, "each dialog of a subsystem comes to the triggers"));
        if (connections.isEmpty()) {
            routes.forEach(it -> notes.leftOut(it, "there is no M3UA link to use it"));
        } else {
            write(parameters, connections, routes);
        }
    }

    private static List<XmlElement> of(XmlElement application, String list) {
        return application.children("config").flatMap(it -> it.children(list)).toList();
    }

    private void parameter(
            String name, XmlElement parameter, Map<String, String> known, boolean isUsed) {
        String value = N2svcdConfiguration.valueOf(parameter);
        switch (name) {
            case "opc", "ossn", "ogt_digits", "default_m3ua_na" -> {
                if (isUsed && DIGITS.matcher(value).matches()) {
                    known.put(name, value);
                } else {
                    notes.leftOut(
                            parameter,
                            isUsed ? "it is no number" : "there is no M3UA link to use it");
                }
            }
            case "ogt_noa", "ogt_np", "ogt_tt" ->
                    notes.leftOut(
                            parameter,
                            "the engine's own global title is international, of numbering plan 1 and translation type 0");
            default -> notes.unused(name, parameter);
        }
    }

    private void write(
            Map<String, String> parameters, List<XmlElement> connections, List<XmlElement> routes) {
        lines.add("network:");
        lines.add("  sigtran:");
        lines.add("    point_code: " + orOwn(parameters.get("opc"), "1"));
        lines.add(SUBSYSTEMS);
        if (parameters.containsKey("ossn")) {
            own = parameters.get("ossn");
        }
        lines.add("    global_title: " + orOwn(quoted(parameters.get("ogt_digits")), "\"1\""));
        lines.add("    application_servers:");
        for (XmlElement connection : connections) {
            String name = named(connection.attribute("name"));
            lines.add("      - name: " + name);
            lines.add("        mode: asp");
            if (parameters.containsKey("default_m3ua_na")) {
                lines.add("        network_appearance: " + parameters.get("default_m3ua_na"));
            }
            connection.attributes().keySet().stream()
                    .filter(it -> !KNOWN.contains(it))
                    .forEach(it -> notes.leftOut(connection, it, Notes.UNKNOWN));
            connection.children().stream()
                    .filter(it -> !KNOWN.contains(it.name()))
                    .forEach(it -> notes.leftOut(it, Notes.UNKNOWN));
            List<String> points = points(connection, routes);
            lines.add(
                    "        point_codes: "
                            + (points.isEmpty()
                                    ? "[1]" + OWN
                                    : "[" + String.join(", ", points) + "]"));
            lines.add("        associations:");
            lines.add("          - " + YamlWriter.line(association(name, connection)));
        }
        List<String> titles = titles(connections, routes);
        if (!titles.isEmpty()) {
            lines.add("    global_titles:");
            lines.addAll(titles);
        }
    }

    /** The routes by global title: a range is a prefix here. */
    private List<String> titles(List<XmlElement> connections, List<XmlElement> routes) {
        List<String> titles = new ArrayList<>();
        for (XmlElement route : routes) {
            if (route.attribute("pc") != null) {
                continue;
            }
            String prefix = prefix(route.attribute("mingt"), route.attribute("maxgt"));
            String point =
                    connections.stream()
                            .filter(it -> isOf(route, it))
                            .flatMap(it -> points(it, routes).stream())
                            .findFirst()
                            .orElse(null);
            if (prefix == null || point == null) {
                notes.leftOut(
                        route,
                        "write network: {sigtran: {global_titles: [{prefix: \"...\", point_code: N}]}}, one for each prefix");
            } else {
                titles.add("      - {prefix: \"%s\", point_code: %s}".formatted(prefix, point));
            }
        }
        return titles;
    }

    /** What all numbers of a range begin with, if it is all such numbers; else null. */
    private static @Nullable String prefix(@Nullable String least, @Nullable String most) {
        if (least == null || most == null || least.length() != most.length()) {
            return null;
        }
        int same = 0;
        while (same < least.length() && least.charAt(same) == most.charAt(same)) {
            same++;
        }
        String prefix = least.substring(0, same);
        return DIGITS.matcher(prefix).matches()
                        && least.substring(same).matches("0*")
                        && most.substring(same).matches("9*")
                ? prefix
                : null;
    }

    private static boolean isOf(XmlElement route, XmlElement connection) {
        return Objects.equals(route.attribute("connection"), connection.attribute("name"));
    }

    private static String orOwn(@Nullable String value, String example) {
        return value == null ? example + OWN : value;
    }

    private static @Nullable String quoted(@Nullable String digits) {
        return digits == null ? null : "\"" + digits + "\"";
    }

    private static String named(@Nullable String name) {
        String safe = name == null ? "" : name.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.matches("[A-Za-z].*") ? safe : "link_" + safe;
    }

    private static List<String> points(XmlElement connection, List<XmlElement> routes) {
        List<String> points = new ArrayList<>();
        String nextHop = connection.attribute("next_hop_pc");
        if (nextHop != null) {
            points.add(nextHop);
        }
        for (XmlElement route : routes) {
            String point = route.attribute("pc");
            if (point != null && isOf(route, connection)) {
                points.add(point);
            }
        }
        return points.stream().filter(it -> DIGITS.matcher(it).matches()).distinct().toList();
    }

    private Map<String, Object> association(String name, XmlElement connection) {
        Map<String, Object> association = new LinkedHashMap<>();
        association.put("name", name);
        association.put("transport", "sctp");
        List<String> remote = hosts(connection, "remote_host");
        List<String> local = hosts(connection, "local_host");
        if (Objects.equals(connection.attribute("mode"), "listen")) {
            association.put("listen", endpoint(local, port(connection, "local_port")));
            if (!remote.isEmpty()) {
                association.put("peer", remote.getFirst());
            }
        } else {
            association.put("connect", endpoint(remote, port(connection, "remote_port")));
            if (!local.isEmpty()) {
                association.put("local", endpoint(local, port(connection, "local_port")));
            }
        }
        if (remote.size() > 1) {
            connection
                    .child("remote_host")
                    .ifPresent(
                            it ->
                                    notes.leftOut(
                                            it,
                                            "the first address is taken; SCTP learns the others from the far end"));
        }
        if (local.size() > 1) {
            association.put("extra_local", local.subList(1, local.size()));
        }
        return association;
    }

    private static List<String> hosts(XmlElement connection, String name) {
        return connection
                .children(name)
                .flatMap(it -> Pattern.compile(",").splitAsStream(it.text()))
                .map(String::strip)
                .filter(it -> HOST.matcher(it).matches())
                .toList();
    }

    private static String port(XmlElement connection, String name) {
        return connection
                .child(name)
                .map(XmlElement::text)
                .filter(it -> DIGITS.matcher(it).matches())
                .orElse("2905");
    }

    private static String endpoint(List<String> hosts, String port) {
        String host = hosts.isEmpty() ? "127.0.0.1" : hosts.getFirst();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** What to write for a client of a service over HTTP. */
    static String upstream(XmlElement application) {
        Map<String, String> known = new LinkedHashMap<>();
        application
                .children("parameters")
                .flatMap(it -> it.children().stream())
                .forEach(
                        it ->
                                known.put(
                                        Objects.requireNonNullElse(it.attribute("name"), ""),
                                        Objects.requireNonNullElse(it.attribute("value"), "")));
        String host = known.getOrDefault("remote_host", "");
        String port = known.getOrDefault("remote_port", "");
        return "write http: {upstreams: {NAME: {url: \"http://%s:%s\"}}}, and call it by that name"
                .formatted(
                        HOST.matcher(host).matches() ? host : "HOST",
                        DIGITS.matcher(port).matches() ? port : "PORT");
    }
}

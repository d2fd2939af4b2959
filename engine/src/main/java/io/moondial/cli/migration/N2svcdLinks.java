package io.moondial.cli.migration;

import io.moondial.config.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The links of the SigtranApps of N2SVCD. They become comments of the rules file: an engine with
 * the same point code and addresses must not connect while the other one is in service.
 */
final class N2svcdLinks {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]{1,255}");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,15}");

    /** What is read of a connection: each may be an attribute or an element. */
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

    private static final Set<String> OF_ROUTE = Set.of("pc", "connection", "mingt", "maxgt");
    private static final int MAX_PORT = 65_535;
    private static final String USUAL_PORT = "2905";
    private static final String SUBSYSTEMS = "    ssns: ";
    private static final String TITLES =
            "write network: {sigtran: {global_titles: [{prefix: \"...\", point_code: N}]}}, one for each prefix";
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
        application
                .children("config")
                .forEach(
                        it ->
                                notes.beside(
                                        it, Set.of(), Set.of("connections", "routes", "handlers")));
        List<Connection> connections = new ArrayList<>();
        for (XmlElement list : of(application, "connections")) {
            for (XmlElement element : notes.elementsOf(list)) {
                Connection connection = new Connection(element);
                String type = connection.first("type");
                if (Objects.equals(type, "m3ua")) {
                    connections.add(connection);
                } else {
                    notes.leftOut(
                            element,
                            Objects.equals(type, "loopback")
                                    ? "network: embedded is a network in memory"
                                    : "links are M3UA only: ask for an M3UA link at the STP");
                }
            }
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        N2svcdConfiguration.parameters(application, notes)
                .forEach((name, it) -> parameter(name, it, parameters, !connections.isEmpty()));
        List<XmlElement> routes =
                of(application, "routes").stream()
                        .flatMap(it -> notes.elementsOf(it).stream())
                        .toList();
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
            Map<String, String> parameters, List<Connection> connections, List<XmlElement> routes) {
        lines.add("network:");
        lines.add("  sigtran:");
        lines.add("    point_code: " + orOwn(parameters.get("opc"), "1"));
        lines.add(SUBSYSTEMS);
        if (parameters.containsKey("ossn")) {
            own = parameters.get("ossn");
        }
        lines.add("    global_title: " + orOwn(quoted(parameters.get("ogt_digits")), "\"1\""));
        List<String> titles = titles(connections, routes);
        lines.add("    application_servers:");
        for (Connection connection : connections) {
            String name = named(connection.name());
            lines.add("      - name: " + name);
            lines.add("        mode: asp");
            if (parameters.containsKey("default_m3ua_na")) {
                lines.add("        network_appearance: " + parameters.get("default_m3ua_na"));
            }
            lines.add(
                    "        point_codes: "
                            + (connection.points.isEmpty() ? "[1]" + OWN : connection.points));
            lines.add("        associations:");
            lines.add("          - " + connection.association(name));
        }
        if (!titles.isEmpty()) {
            lines.add("    global_titles:");
            lines.addAll(titles);
        }
    }

    /**
     * Gives each connection the points that its routes lead to.
     *
     * @return the routes by global title: a range is a prefix here
     */
    private List<String> titles(List<Connection> connections, List<XmlElement> routes) {
        Map<String, List<Connection>> byName =
                connections.stream().collect(Collectors.groupingBy(Connection::name));
        List<XmlElement> ranges = new ArrayList<>();
        for (XmlElement route : routes) {
            List<Connection> its = of(route, byName);
            String point = route.attribute("pc");
            if (!route.name().equals("route")) {
                notes.leftOut(route, Notes.UNKNOWN);
            } else if (its.isEmpty()) {
                notes.leftOut(route, "it is of no M3UA link");
            } else if (point == null) {
                ranges.add(route);
            } else if (!DIGITS.matcher(point).matches()) {
                notes.leftOut(route, "its point code is no number");
            } else {
                its.forEach(it -> it.points.add(point));
                for (String end : List.of("mingt", "maxgt")) {
                    if (route.attribute(end) != null) {
                        notes.leftOut(route, end, "the point code alone leads there");
                    }
                }
                notes.beside(route, OF_ROUTE, Set.of());
            }
        }
        List<String> titles = new ArrayList<>();
        for (XmlElement route : ranges) {
            String prefix = prefix(route.attribute("mingt"), route.attribute("maxgt"));
            String point = nextPoint(of(route, byName));
            if (prefix == null) {
                notes.leftOut(route, TITLES);
            } else if (point == null) {
                notes.leftOut(
                        route,
                        "it does not tell which point code of its connection it leads to: "
                                + TITLES);
            } else {
                titles.add("      - {prefix: \"%s\", point_code: %s}".formatted(prefix, point));
                notes.beside(route, OF_ROUTE, Set.of());
            }
        }
        return titles;
    }

    /** The one point that the connections of one name lead to first; null: it is not told. */
    private static @Nullable String nextPoint(List<Connection> connections) {
        Set<String> hops = new LinkedHashSet<>();
        Set<String> points = new LinkedHashSet<>();
        for (Connection connection : connections) {
            if (connection.nextHop != null) {
                hops.add(connection.nextHop);
            }
            points.addAll(connection.points);
        }
        Set<String> likely = hops.isEmpty() ? points : hops;
        return likely.size() == 1 ? likely.iterator().next() : null;
    }

    private static List<Connection> of(XmlElement route, Map<String, List<Connection>> byName) {
        return byName.getOrDefault(
                Objects.requireNonNullElse(route.attribute("connection"), ""), List.of());
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

    private static String orOwn(@Nullable String value, String example) {
        return value == null ? example + OWN : value;
    }

    private static @Nullable String quoted(@Nullable String digits) {
        return digits == null ? null : "\"" + digits + "\"";
    }

    private static String named(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.matches("[A-Za-z].*") ? safe : "link_" + safe;
    }

    /** A connection in the reading. */
    private final class Connection {
        private final XmlElement element;

        /** Where it says that its messages go next; null: it does not say it. */
        private final @Nullable String nextHop;

        /** The points that it leads to, the preferred one first. */
        private final Set<String> points = new LinkedHashSet<>();

        Connection(XmlElement element) {
            this.element = element;
            String hop = first("next_hop_pc");
            nextHop = hop != null && DIGITS.matcher(hop).matches() ? hop : null;
            if (nextHop != null) {
                points.add(nextHop);
            }
        }

        /** What routes name it; empty: it has no name. */
        String name() {
            return Objects.requireNonNullElse(first("name"), "");
        }

        /** A setting; null: it is not there. An attribute comes before elements. */
        @Nullable String first(String setting) {
            String attribute = element.attribute(setting);
            return attribute != null
                    ? attribute.strip()
                    : element.child(setting).map(XmlElement::text).orElse(null);
        }

        /** How an application server of the rules says it. Tells what of it is left out. */
        String association(String name) {
            notes.beside(element, KNOWN, KNOWN);
            boolean listens = Objects.equals(first("mode"), "listen");
            KNOWN.stream().sorted().forEach(this::onlyOnce);
            refuse(
                    "mode",
                    Set.of("connect", "listen")::contains,
                    "it is neither connect nor listen: the link connects");
            refuse("role", Set.of("asp", "as")::contains, "the link is that of an ASP");
            refuse("next_hop_pc", DIGITS.asMatchPredicate(), "it is no number");
            refuse("remote_port", N2svcdLinks::isPort, "it is no port");
            refuse("local_port", N2svcdLinks::isPort, "it is no port");
            List<String> remote = hosts("remote_host");
            List<String> local = hosts("local_host");
            if (remote.size() > 1) {
                leaveOut(
                        "remote_host",
                        "the first address is taken; SCTP learns the others from the far end");
            }
            Map<String, Object> association = new LinkedHashMap<>();
            Set<String> missing = new LinkedHashSet<>();
            association.put("name", name);
            association.put("transport", "sctp");
            if (listens) {
                association.put("listen", endpoint(local, "local_port", missing));
                if (!remote.isEmpty()) {
                    association.put("peer", remote.getFirst());
                }
            } else {
                association.put("connect", endpoint(remote, "remote_port", missing));
                if (!local.isEmpty()) {
                    association.put("local", endpoint(local, "local_port", missing));
                }
            }
            if (local.size() > 1) {
                association.put("extra_local", local.subList(1, local.size()));
            }
            return YamlWriter.line(association)
                    + (missing.isEmpty() ? "" : "  # " + String.join("; ", missing));
        }

        private String endpoint(List<String> hosts, String portSetting, Set<String> missing) {
            if (hosts.isEmpty()) {
                missing.add("the address is not there: write your own");
            }
            String host = hosts.isEmpty() ? "127.0.0.1" : hosts.getFirst();
            String port = first(portSetting);
            if (port == null || !isPort(port)) {
                missing.add("the port is not there: 2905 is the usual one");
                port = USUAL_PORT;
            }
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }

        private List<String> hosts(String setting) {
            List<String> all =
                    Pattern.compile(",")
                            .splitAsStream(Objects.requireNonNullElse(first(setting), ""))
                            .map(String::strip)
                            .toList();
            List<String> good = all.stream().filter(HOST.asMatchPredicate()).toList();
            if (first(setting) != null && good.size() < all.size()) {
                leaveOut(
                        setting,
                        good.isEmpty() ? "it is no address" : "a part of it is no address");
            }
            return good;
        }

        private void refuse(String setting, Predicate<String> good, String why) {
            String value = first(setting);
            if (value != null && !good.test(value)) {
                leaveOut(setting, why);
            }
        }

        /** What is left out is the attribute, or the first element of this name. */
        private void leaveOut(String setting, String why) {
            if (element.attribute(setting) != null) {
                notes.leftOut(element, setting, why);
            } else {
                element.child(setting).ifPresent(it -> notes.leftOut(it, why));
            }
        }

        private void onlyOnce(String setting) {
            element.children(setting)
                    .skip(element.attribute(setting) == null ? 1 : 0)
                    .forEach(it -> notes.leftOut(it, "there is another one before it"));
        }
    }

    private static boolean isPort(String text) {
        if (!text.matches("\\d{1,5}")) {
            return false;
        }
        int port = Integer.parseInt(text);
        return port >= 1 && port <= MAX_PORT;
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
                        HOST.matcher(host).matches() ? host : "HOST", isPort(port) ? port : "PORT");
    }
}

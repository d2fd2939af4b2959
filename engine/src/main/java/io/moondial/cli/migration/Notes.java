package io.moondial.cli.migration;

import io.moondial.problem.Problem;
import io.moondial.text.LogText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of a configuration is left out, each with its place and what to write instead. */
final class Notes {
    /** Of what is not known. */
    static final String UNKNOWN =
            "Moondial has nothing like it, or the public pages do not tell what it is";

    private static final String TRACE =
            "ussd trace writes the dialogs of a number into a file for Wireshark";

    private static final String OVERLOAD =
            "dialogs: {max: N} bounds the load: engine/docs/running.md";

    /** Parameters that each application may have. */
    private static final Map<String, String> COMMON =
            Map.of(
                    "alarm_clear_secs", "alarms are alerts of Prometheus: engine/docs/metrics.md",
                    "edr_app_name", "one application writes all records",
                    "edr_enabled", "records are always written",
                    "retention_count", TRACE,
                    "trace_level", TRACE,
                    "trace_level_max", TRACE,
                    "trace_per_second", TRACE);

    /** What more than one element may have. */
    private static final Map<String, String> ANYWHERE =
            Map.of(
                    "include", "no libraries of the engine have to be named",
                    "auto_ids", "math.random and INSTANCE_ID make ids",
                    "repeat", "an engine uses all processors",
                    "overloaded_poll_ms", OVERLOAD,
                    "overloaded_active_ms", OVERLOAD);

    private final Path file;
    private final List<Problem> notes = new ArrayList<>();

    Notes(Path file) {
        this.file = file;
    }

    /** An element, with all that is in it. */
    void leftOut(XmlElement element, String why) {
        String module = element.attribute("module");
        String name = element.attribute("name");
        note(
                element,
                "<"
                        + element.name()
                        + (name == null ? "" : " name=\"" + name + "\"")
                        + (module == null ? "" : " module=\"" + module + "\"")
                        + ">",
                why);
    }

    /** An attribute of an element. */
    void leftOut(XmlElement element, String attribute, String why) {
        note(element, attribute + " of <" + element.name() + ">", why);
    }

    /** Leaves out the attributes and the elements of an element that have other names. */
    void beside(XmlElement element, Set<String> attributes, Set<String> children) {
        beside(element, attributes);
        for (XmlElement child : element.children()) {
            if (!children.contains(child.name())) {
                leftOut(child, ANYWHERE.getOrDefault(child.name(), UNKNOWN));
            }
        }
    }

    /** Leaves out the attributes of an element that have other names. */
    void beside(XmlElement element, Set<String> attributes) {
        for (String name : element.attributes().keySet()) {
            if (!attributes.contains(name)) {
                leftOut(element, name, ANYWHERE.getOrDefault(name, UNKNOWN));
            }
        }
    }

    /** The elements of a list, which has no attributes. */
    List<XmlElement> elementsOf(XmlElement list) {
        beside(list, Set.of());
        return list.children();
    }

    private void note(XmlElement at, String what, String why) {
        notes.add(
                Problem.warning(
                        file, at.line(), at.column(), LogText.of(what + " is left out: " + why)));
    }

    /** A parameter that no section of the rules takes. */
    void unused(String name, XmlElement parameter) {
        leftOut(parameter, COMMON.getOrDefault(name, UNKNOWN));
    }

    /** All of them, in the order of the file. */
    List<Problem> inFileOrder() {
        return notes.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }
}

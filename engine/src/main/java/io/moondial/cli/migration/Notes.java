package io.moondial.cli.migration;

import io.moondial.problem.Problem;
import io.moondial.text.LogText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What of a configuration is left out, each with its place and what to write instead. */
final class Notes {
    /** Of what is not known. */
    static final String UNKNOWN =
            "Moondial has nothing like it, or the public pages do not tell what it is";

    private static final String TRACE =
            "ussd trace writes the dialogs of a number into a file for Wireshark";

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

package io.moondial.dialogtest.run;

import io.moondial.edr.Edr;
import java.util.List;
import java.util.stream.Collectors;

/** A record as a check of a test would have it; what differs from run to run is left out. */
final class RecordText {
    /** They are other numbers each time. */
    private static final List<String> RANDOM = List.of("LTID", "RTID");

    private RecordText() {}

    static String of(Edr edr) {
        return edr.event()
                + edr.fields().stream()
                        .map(it -> " " + it.name() + "=" + value(it.name(), it.text()))
                        .collect(Collectors.joining());
    }

    static String value(String name, String value) {
        return RANDOM.contains(name) ? "..." : value(value);
    }

    static String value(String value) {
        String escaped =
                value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t");
        return escaped.equals(value) && !value.isEmpty() && value.indexOf(' ') < 0
                ? value
                : '"' + escaped + '"';
    }
}

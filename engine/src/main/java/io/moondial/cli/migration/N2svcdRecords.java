package io.moondial.cli.migration;

import io.moondial.cli.migration.DraftRules.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the EdrApps of N2SVCD say of records, as the section {@code edr} of the rules. */
final class N2svcdRecords {
    /** The settings of a stream of records, and those of ours. */
    private static final Map<String, String> OF_STREAM =
            Map.of(
                    "edr_directory", "directory",
                    "edr_max_file_edrs", "max_file_edrs",
                    "edr_max_file_secs", "max_file_time",
                    "edr_max_flush_edrs", "max_flush_edrs",
                    "edr_max_flush_secs", "max_flush_time");

    private static final String OTHERS =
            "N2SVCD may still write into this folder; write it into the rules once it does not";

    private final Section edr;
    private final Notes notes;

    N2svcdRecords(Section edr, Notes notes) {
        this.edr = edr;
        this.notes = notes;
    }

    /** Reads the parameters and streams of an application. */
    void read(XmlElement application) {
        N2svcdConfiguration.parameters(application, notes)
                .forEach(
                        (name, parameter) -> {
                            String ours =
                                    name.equals("edr_retry_interval")
                                            ? "retry_interval"
                                            : name.startsWith("default_")
                                                    ? OF_STREAM.get(
                                                            name.substring("default_".length()))
                                                    : null;
                            if (ours == null) {
                                notes.unused(name, parameter);
                            } else if (isFolderOfTheOther(
                                    ours, N2svcdConfiguration.valueOf(parameter))) {
                                notes.leftOut(parameter, OTHERS);
                            } else if (edr.has(ours)) {
                                notes.leftOut(parameter, "another EdrApp has given one");
                            } else {
                                edr.entry(
                                        ours,
                                        ofStream(ours, N2svcdConfiguration.valueOf(parameter)),
                                        parameter);
                            }
                        });
        for (XmlElement config : application.children("config").toList()) {
            notes.beside(config, Set.of(), Set.of("streams"));
            config.children("streams")
                    .flatMap(it -> notes.elementsOf(it).stream())
                    .forEach(this::stream);
        }
    }

    private void stream(XmlElement stream) {
        stream.children().forEach(it -> notes.leftOut(it, Notes.UNKNOWN));
        String key = stream.attribute("key");
        Map<String, Object> settings = new LinkedHashMap<>();
        stream.attributes()
                .forEach(
                        (name, text) -> {
                            String ours = OF_STREAM.get(name);
                            if (ours != null && isFolderOfTheOther(ours, text)) {
                                notes.leftOut(stream, name, OTHERS);
                            } else if (ours != null) {
                                settings.put(ours, ofStream(ours, text));
                            } else if (!name.equals("key")) {
                                notes.leftOut(stream, name, Notes.UNKNOWN);
                            }
                        });
        if (key == null || edr.section("streams").has(key)) {
            notes.leftOut(
                    stream, key == null ? "it has no key" : "there is another one of this key");
        } else if (!settings.isEmpty()) {
            edr.section("streams").entry(key, settings, stream);
        }
    }

    /** Two engines would write into it, and the records of a try would be taken for real ones. */
    private static boolean isFolderOfTheOther(String ours, String text) {
        String path = text.strip();
        return ours.equals("directory")
                && (path.startsWith("/") || List.of(path.split("/")).contains(".."));
    }

    private static Object ofStream(String ours, String text) {
        return switch (ours) {
            case "directory" -> text;
            case "max_file_edrs", "max_flush_edrs" -> N2svcdConfiguration.number(text);
            default -> N2svcdConfiguration.seconds(text);
        };
    }
}

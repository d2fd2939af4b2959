package io.moondial.edr.report;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.Edr;
import io.moondial.edr.EdrApp;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrFormat;
import io.moondial.edr.EdrLine;
import io.moondial.edr.EdrSettings;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** EDR files for tests: those that the application writes, and those made by hand. */
public final class Written {
    /** The header of each file made by hand. */
    public static final String HEADER = "#HEADER|FILENAME=/edr/a.edr|TIME_START=100|HOSTNAME=h\n";

    private static final String AT = "2021-09-30 05:00:5";

    private Written() {}

    /** The application, with so many records a file. */
    public static EdrApp app(Path folder, int maxFileEdrs) {
        var settings =
                WrittenSettings.settings(
                                EdrSettings.class,
                                "retry_interval: 1s",
                                "max_file_edrs: " + maxFileEdrs,
                                "max_file_time: 1h",
                                "max_flush_edrs: 1",
                                "max_flush_time: 1h")
                        .in(folder);
        return new EdrApp(settings, EdrClock.system(), "host", 1, new Counters());
    }

    /** Lets the application write records to its end. */
    public static void with(Path folder, int maxFileEdrs, String stream, List<Edr> edrs) {
        try (var app = app(folder, maxFileEdrs)) {
            edrs.forEach(edr -> app.write(stream, edr));
        }
    }

    /** The line of a record of the first dialog, in a second from 0 to 9. */
    public static String line(int second, String rest) {
        return line(second, 1, rest);
    }

    /** The line of a record of a dialog, in a second from 0 to 9. */
    public static String line(int second, int dialog, String rest) {
        return AT + second + ".079<" + instance(dialog) + ">" + rest + "\n";
    }

    public static String instance(int dialog) {
        return "Logic-1-%08x".formatted(dialog);
    }

    /** The record that a line has. */
    public static Edr edr(String line) {
        return ((EdrLine.Event) EdrFormat.parse(line.stripTrailing())).edr();
    }

    /** The records of the first dialog, a second after each other. */
    public static List<Edr> edrs(String... rests) {
        return Arrays.stream(rests)
                .map(rest -> edr(line(Arrays.asList(rests).indexOf(rest), rest)))
                .toList();
    }

    /** A complete file of these lines, whose footer is right. */
    public static Path file(Path folder, String name, String... lines) {
        String content = HEADER + String.join("", lines);
        return text(folder, name, content + footer(lines.length, content.length()));
    }

    public static String footer(int records, int octets) {
        return "#FOOTER|TIME_FINISH=150|NUM_EDRS=%d|NUM_BYTES=%d\n".formatted(records, octets);
    }

    /** A file of this text. */
    public static Path text(Path folder, String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

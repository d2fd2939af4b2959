package io.moondial.rules;

import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.edr.EdrSettings;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.edr.FileMode;
import io.moondial.edr.StreamSettings;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The section of the EDRs. */
final class EdrReader {
    /** A stream's name; it becomes a part of file names. */
    static final String STREAM = "[a-zA-Z][a-zA-Z0-9_]*";

    static final String STREAM_ALLOWED =
            "the name of a stream: letters, digits and _, a letter first";

    private static final ValueType<String> STREAM_NAME =
            ValueType.text(STREAM_ALLOWED, Pattern.compile(STREAM));

    private static final ValueType<String> APP_NAME =
            ValueType.text(
                    "letters, digits, _ and -, a letter first",
                    Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*"));
    private static final ValueType<Integer> COUNT = ValueType.wholeNumber(1, 100_000_000);
    private static final ValueType<Duration> TIME =
            ValueType.duration(Duration.ofMillis(1), Duration.ofDays(366));
    private static final ValueType<WhenFull> WHEN_FULL =
            ValueType.choice(Stream.of(WhenFull.values()).map(EdrReader::name).toList())
                    .map(name -> WhenFull.valueOf(name.toUpperCase(Locale.ROOT)));

    private static final ValueType<FileMode> MODE =
            ValueType.text(
                            "a mode such as 0640: 0, 6 for the owner, then for the group and for all"
                                    + " others 0 (nothing), 4 (reading) or 6 (reading and writing)",
                            FileMode.PATTERN)
                    .map(FileMode::new);

    private EdrReader() {}

    /** A choice as it is written in the file. */
    static String name(WhenFull choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    static EdrSettings read(Section edr) {
        StreamSettings defaults = stream(edr, factoryDefaults(edr));
        var settings =
                new EdrSettings(
                        edr.find("app_name", APP_NAME, "Logic"),
                        edr.find("retry_interval", TIME, Duration.ofSeconds(15)),
                        edr.find("max_backlog", COUNT, 100_000),
                        edr.find("when_full", WHEN_FULL, WhenFull.REFUSE_DIALOGS),
                        defaults,
                        streams(edr, defaults),
                        edr.path("spill_directory", "edr-spill"));
        if (edr.has("spill_directory")) {
            warnOfTheSameDisk(edr, settings);
        }
        return settings;
    }

    /** Where a full disk is to be outlasted, and is not. */
    private static void warnOfTheSameDisk(Section edr, EdrSettings settings) {
        Optional<FileStore> spill = disk(settings.spillDirectory());
        Stream.concat(Stream.of(settings.defaults()), settings.streams().values().stream())
                .map(StreamSettings::directory)
                .filter(it -> spill.isPresent() && spill.equals(disk(it)))
                .findFirst()
                .ifPresent(
                        it ->
                                edr.warn(
                                        "spill_directory",
                                        "%s is on the same disk as %s: once that is full, it takes no spilled records either; name a folder on another disk"
                                                .formatted(settings.spillDirectory(), it)));
    }

    /**
     * The disk that a folder is on, or will be once it is made; empty where that cannot be told.
     */
    private static Optional<FileStore> disk(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return there == null ? Optional.empty() : Optional.of(Files.getFileStore(there));
        } catch (IOException e) {
            return Optional.empty(); // the first write to it will tell
        }
    }

    private static StreamSettings factoryDefaults(Section edr) {
        return new StreamSettings(
                edr.resolve("edr"),
                1024,
                Duration.ofSeconds(300),
                64,
                Duration.ofSeconds(10),
                false,
                FileMode.DEFAULT);
    }

    private static Map<String, StreamSettings> streams(Section edr, StreamSettings defaults) {
        Map<String, StreamSettings> streams = new LinkedHashMap<>();
        edr.namedSections("streams", STREAM_NAME)
                .forEach((name, stream) -> streams.put(name, stream(stream, defaults)));
        return streams;
    }

    private static StreamSettings stream(Section section, StreamSettings otherwise) {
        return new StreamSettings(
                section.path("directory", otherwise.directory()),
                section.find("max_file_edrs", COUNT, otherwise.maxFileEdrs()),
                section.find("max_file_time", TIME, otherwise.maxFileTime()),
                section.find("max_flush_edrs", COUNT, otherwise.maxFlushEdrs()),
                section.find("max_flush_time", TIME, otherwise.maxFlushTime()),
                section.find("durable", ValueType.flag(), otherwise.durable()),
                section.find("mode", MODE, otherwise.mode()));
    }
}

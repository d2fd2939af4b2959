package io.moondial.edr;

import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.edr.Edr.Names;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The section {@code edr} of the rules file.
 *
 * @param defaults for a stream that is not listed
 * @param streams by stream name, complete: what the file leaves out is filled in from the defaults
 */
@Settings(value = "Event data records: what happens in each dialog, step by step.", restart = true)
public record EdrSettings(
        @Key(
                        value = "The first part of every instance id.",
                        unset = "Logic",
                        matches = "[a-zA-Z][a-zA-Z0-9_-]*",
                        allowed = "letters, digits, _ and -, beginning with a letter")
                String appName,
        @Key(
                        value =
                                "After a failed write, the engine tries again when this time is over.",
                        unset = "15s",
                        from = "1ms",
                        to = "366d")
                Duration retryInterval,
        @Key(
                        value =
                                "How many records a stream keeps in memory while they cannot be written to the disk.",
                        unset = "100000",
                        from = "1",
                        to = "100000000")
                int maxBacklog,
        @Key(
                        value =
                                "What happens when max_backlog is reached. refuse_dialogs: new dialogs are refused until there is room again. drop_records: dialogs continue, and records are lost and counted.",
                        unset = "refuse_dialogs")
                WhenFull whenFull,
        @Key(
                        value =
                                "If the engine stops and records still cannot be written after stop_timeout, it writes them here. Best on another disk (\"check\" warns if it is not). The folder is made when it is needed. The next start moves the files to where they belong.",
                        unset = "edr-spill")
                Path spillDirectory,
        StreamSettings defaults,
        @Key(
                        value =
                                "Streams with other values. Each may have its own directory and its own values of the keys after directory. The values above hold for what it leaves out, and for streams that are not listed.",
                        unset = "{}",
                        inherits = "defaults",
                        example = "{ussd: {max_file_edrs: 4096}}",
                        matches = EdrSettings.STREAM,
                        allowed = EdrSettings.STREAM_ALLOWED)
                Map<String, StreamSettings> streams)
        implements Checked {
    /** A stream's name; it becomes a part of file names. */
    public static final String STREAM = "[a-zA-Z][a-zA-Z0-9_]*";

    /** The same, in words. */
    public static final String STREAM_ALLOWED =
            "the name of a stream: letters, digits and _, beginning with a letter";

    /** What a full backlog means. */
    public enum WhenFull {
        /**
         * New dialogs are refused until there is room; records of running dialogs are still kept.
         */
        REFUSE_DIALOGS,
        /** Records are dropped, and counted. */
        DROP_RECORDS
    }

    public EdrSettings {
        Names.requireInstanceId(appName);
        if (!retryInterval.isPositive() || maxBacklog < 1) {
            throw new IllegalArgumentException(
                    "The retry interval is %s, the backlog %d; both are greater than 0."
                            .formatted(retryInterval, maxBacklog));
        }
        streams.keySet().forEach(Names::requireStream);
        streams = Map.copyOf(streams);
    }

    /** Warns if the spill folder does not help when the disk is full. */
    @Override
    public void check(Section edr) {
        if (!edr.has("spill_directory")) {
            return;
        }
        Optional<FileStore> spill = disk(spillDirectory);
        Stream.concat(Stream.of(defaults), streams.values().stream())
                .map(StreamSettings::directory)
                .filter(it -> spill.isPresent() && spill.equals(disk(it)))
                .findFirst()
                .ifPresent(
                        it ->
                                edr.warn(
                                        "spill_directory",
                                        "%s is on the same disk as %s: once that is full, it takes no spilled records either; name a folder on another disk"
                                                .formatted(spillDirectory, it)));
    }

    /** The disk that a folder is on, or will be when it is made; empty if that is not known. */
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

    /** The settings of a stream: its own, or the defaults. */
    public StreamSettings stream(String name) {
        return streams.getOrDefault(name, defaults);
    }

    /** The same, with the files of every stream in one folder, and none spilled elsewhere. */
    public EdrSettings in(Path folder) {
        Map<String, StreamSettings> moved = new HashMap<>();
        streams.forEach((name, stream) -> moved.put(name, stream.in(folder)));
        return new EdrSettings(
                appName, retryInterval, maxBacklog, whenFull, folder, defaults.in(folder), moved);
    }

    /** How one stream of EDRs is buffered and cut into files. */
    public record StreamSettings(
            @Key(value = "Where the files go.", unset = "edr") Path directory,
            @Key(
                            value = "A file is closed when it has this many records.",
                            unset = "1024",
                            from = "1",
                            to = "100000000")
                    int maxFileEdrs,
            @Key(
                            value = "A file is closed when it has been open for this time.",
                            unset = "300s",
                            from = "1ms",
                            to = "366d")
                    Duration maxFileTime,
            @Key(
                            value = "Records are written when there are this many.",
                            unset = "64",
                            from = "1",
                            to = "100000000")
                    int maxFlushEdrs,
            @Key(
                            value = "Records are written when the oldest has waited for this time.",
                            unset = "10s",
                            from = "1ms",
                            to = "366d")
                    Duration maxFlushTime,
            @Key(
                            value =
                                    "Whether each of these writes is forced to the disk, so that records survive a loss of power. Slower.",
                            unset = "false")
                    boolean durable,
            @Key(
                            value =
                                    "Who may read and write the files, whatever the umask is. Whoever may read the files may also search the folders that the engine makes: 0640 gives folders with 0750. A folder that exists keeps its mode.",
                            unset = "0640",
                            as = FileMode.Octal.class)
                    FileMode mode) {

        public StreamSettings {
            if (maxFileEdrs < 1
                    || maxFlushEdrs < 1
                    || !maxFileTime.isPositive()
                    || !maxFlushTime.isPositive()) {
                throw new IllegalArgumentException(
                        "A limit of the EDR files in %s is not greater than 0."
                                .formatted(directory));
            }
        }

        /** The same, with the files elsewhere. */
        StreamSettings in(Path elsewhere) {
            return new StreamSettings(
                    elsewhere, maxFileEdrs, maxFileTime, maxFlushEdrs, maxFlushTime, durable, mode);
        }

        /** The same, with files elsewhere that are forced to the disk. */
        StreamSettings durableIn(Path elsewhere) {
            return new StreamSettings(
                    elsewhere, maxFileEdrs, maxFileTime, maxFlushEdrs, maxFlushTime, true, mode);
        }
    }
}

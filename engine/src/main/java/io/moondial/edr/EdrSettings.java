package io.moondial.edr;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings of the {@code EdrApp}.
 *
 * @param appName the first part of every instance id
 * @param retryInterval how long after a failed write or open it is tried again
 * @param maxBacklog how many records a stream keeps in memory while its disk refuses them
 * @param whenFull what happens to a record that comes when the backlog is full
 * @param defaults for a stream that is not listed
 * @param streams by stream name, complete: what the file leaves out is filled in from the defaults
 * @param spillDirectory where a stop leaves what the disk does not take; made when needed
 */
public record EdrSettings(
        String appName,
        Duration retryInterval,
        int maxBacklog,
        WhenFull whenFull,
        StreamSettings defaults,
        Map<String, StreamSettings> streams,
        Path spillDirectory) {

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
        EdrNames.requireInstanceId(appName);
        if (!retryInterval.isPositive() || maxBacklog < 1) {
            throw new IllegalArgumentException(
                    "The retry interval is %s, the backlog %d; both are greater than 0."
                            .formatted(retryInterval, maxBacklog));
        }
        streams.keySet().forEach(EdrNames::requireStream);
        streams = Map.copyOf(streams);
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
                appName, retryInterval, maxBacklog, whenFull, defaults.in(folder), moved, folder);
    }
}

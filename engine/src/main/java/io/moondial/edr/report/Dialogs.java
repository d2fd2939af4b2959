package io.moondial.edr.report;

import io.moondial.edr.Edr;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The dialogs that records are of, in the order of the first that was added of each.
 *
 * <p>A record can come after a dialog's end, so each is kept, though not its records.
 */
public final class Dialogs {
    private final RecordFilter filter;
    private final Map<String, DialogStory> stories = new LinkedHashMap<>();
    private final Set<String> wanted = new HashSet<>();

    /** None yet; a dialog counts where it is wanted, and has a record of a wanted event. */
    public Dialogs(RecordFilter filter) {
        this.filter = filter;
    }

    /** Adds a record. */
    public void add(PlacedRecord found) {
        Edr edr = found.edr();
        filter.learn(edr);
        if (filter.isOfDialog(edr)) {
            String instance = edr.instanceId();
            stories.computeIfAbsent(instance, it -> new DialogStory(edr)).add(found);
            if (filter.isOfEvent(edr)) {
                wanted.add(instance);
            }
        }
    }

    /** What is known of each so far. */
    public Stream<DialogSummary> summaries() {
        return stories.entrySet().stream()
                .filter(entry -> wanted.contains(entry.getKey()))
                .map(entry -> entry.getValue().summary());
    }
}

package io.moondial.edr.report;

import io.moondial.edr.Edr;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to see of the records.
 *
 * <p>Only the first record of a dialog has its MSISDN. So each record must be shown to {@link
 * #learn} before it is asked about. If a dialog's records are in several streams, all of them must
 * be shown before the first question.
 */
public final class RecordFilter {
    private final Set<String> events;
    private final @Nullable String msisdn;
    private final @Nullable String instance;
    private final SortedSet<String> metEvents = new TreeSet<>();
    private final Set<String> instancesOfMsisdn = new HashSet<>();

    /**
     * @param events the names of the events; none: all
     * @param msisdn the digits of the MSISDN; null: any, and none
     * @param instance an instance id; null: any
     */
    public RecordFilter(
            Collection<String> events, @Nullable String msisdn, @Nullable String instance) {
        this.events = Set.copyOf(events);
        this.msisdn = msisdn;
        this.instance = instance;
    }

    /** Whether it must learn from all records before it can judge the first. */
    public boolean needsAll() {
        return msisdn != null;
    }

    /** Learns whose dialog a record begins, and which events there are. */
    public void learn(Edr edr) {
        metEvents.add(edr.event());
        if (msisdn != null && msisdn.equals(msisdn(edr))) {
            instancesOfMsisdn.add(edr.instanceId());
        }
    }

    /** Whether the dialog that a record is of is wanted. */
    public boolean isOfDialog(Edr edr) {
        return (instance == null || instance.equals(edr.instanceId()))
                && (msisdn == null || instancesOfMsisdn.contains(edr.instanceId()));
    }

    /** Whether the event that a record is of is wanted. */
    public boolean isOfEvent(Edr edr) {
        return events.isEmpty() || events.contains(edr.event());
    }

    /** The events of the records that were shown to it, wanted or not. */
    public SortedSet<String> metEvents() {
        return Collections.unmodifiableSortedSet(metEvents);
    }

    /** The wanted events that no record was of so far. */
    public SortedSet<String> unmetEvents() {
        var unmet = new TreeSet<>(events);
        unmet.removeAll(metEvents);
        return unmet;
    }

    /**
     * The number of the user whose dialog a record begins: its digits, without the nature and the
     * plan; null if the record has none.
     */
    static @Nullable String msisdn(Edr edr) {
        String address = edr.event().equals("USSD-PROCESS") ? edr.text("MSISDN") : null;
        if (address == null) {
            return null;
        }
        int colon = address.indexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }
}

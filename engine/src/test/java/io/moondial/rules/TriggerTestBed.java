package io.moondial.rules;

import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.Trigger.Overrides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Triggers and requests, by hand and by chance. */
final class TriggerTestBed {
    private TriggerTestBed() {}

    /** The triggers of a file, one a line. */
    static List<Trigger> file(Conditions... lines) {
        return file(Arrays.asList(lines));
    }

    static List<Trigger> file(List<Conditions> lines) {
        List<Trigger> triggers = new ArrayList<>();
        for (Conditions conditions : lines) {
            int line = triggers.size() + 1;
            triggers.add(new Trigger(line, "script" + line, conditions, Overrides.NONE));
        }
        return triggers;
    }

    /** Up to {@code max} triggers whose few short values collide and overlap. */
    static List<Trigger> anyFile(Random random, int max) {
        // From files with one condition in most triggers to files with most conditions in each.
        int sparsity = 2 + random.nextInt(12);
        List<Conditions> lines = new ArrayList<>();
        for (int n = random.nextInt(max + 1); n > 0; n--) {
            lines.add(anyConditions(random, sparsity));
        }
        return file(lines);
    }

    private static Conditions anyConditions(Random random, int sparsity) {
        return new Conditions(
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                anyOrNull(random, sparsity),
                random.nextInt(sparsity) == 0 ? random.nextInt(3) : null);
    }

    static TriggerRequest anyRequest(Random random) {
        int sparsity = 2 + random.nextInt(4);
        return new TriggerRequest(
                any(random),
                anyUnless(random, sparsity),
                anyUnless(random, sparsity),
                anyUnless(random, sparsity),
                anyUnless(random, sparsity),
                anyUnless(random, sparsity),
                random.nextInt(sparsity) == 0 ? null : random.nextInt(3));
    }

    /**
     * The request that the trigger matches and that has nothing else in common with any: where the
     * trigger leaves something open, it has nothing, or a character that is in no condition.
     */
    static TriggerRequest barely(Conditions c) {
        String ussd = barely(c.ussdString(), c.ussdStringPrefix());
        return new TriggerRequest(
                ussd == null ? "~" : ussd,
                barely(c.destination(), c.destinationPrefix()),
                barely(c.origination(), c.originationPrefix()),
                barely(c.msisdn(), c.msisdnPrefix()),
                barely(null, c.imsiPrefix()),
                barely(null, c.sourceGtPrefix()),
                c.destSsn());
    }

    private static @Nullable String barely(@Nullable String exact, @Nullable String prefix) {
        return exact != null || prefix == null ? exact : prefix + "~";
    }

    private static @Nullable String anyOrNull(Random random, int sparsity) {
        return random.nextInt(sparsity) == 0 ? any(random) : null;
    }

    private static @Nullable String anyUnless(Random random, int sparsity) {
        return random.nextInt(sparsity) == 0 ? null : any(random);
    }

    /** None to four of two digits. */
    private static String any(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(5); length > 0; length--) {
            text.append((char) ('1' + random.nextInt(2)));
        }
        return text.toString();
    }

    /** Conditions as they are written in the rules file. */
    static Conditions when(String key, Object value) {
        return and(Conditions.NONE, key, value);
    }

    static Conditions and(Conditions c, String key, Object value) {
        return new Conditions(
                key.equals("ussd_string") ? (String) value : c.ussdString(),
                key.equals("ussd_string_prefix") ? (String) value : c.ussdStringPrefix(),
                key.equals("destination") ? (String) value : c.destination(),
                key.equals("destination_prefix") ? (String) value : c.destinationPrefix(),
                key.equals("origination") ? (String) value : c.origination(),
                key.equals("origination_prefix") ? (String) value : c.originationPrefix(),
                key.equals("msisdn") ? (String) value : c.msisdn(),
                key.equals("msisdn_prefix") ? (String) value : c.msisdnPrefix(),
                key.equals("imsi_prefix") ? (String) value : c.imsiPrefix(),
                key.equals("source_gt_prefix") ? (String) value : c.sourceGtPrefix(),
                key.equals("dest_ssn") ? (Integer) value : c.destSsn());
    }
}

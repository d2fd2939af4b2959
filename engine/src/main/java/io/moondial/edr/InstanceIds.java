package io.moondial.edr;

import io.moondial.edr.Edr.Names;
import java.time.Instant;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * The source of instance ids: {@code App-startEpoch-instance}, as in {@code
 * Logic-1632976990-05f220e1}.
 *
 * <p>The instance part is eight lower-case hex digits; it starts at random, goes up by one with
 * each dialog and wraps, so that two engines that started in the same second almost never have the
 * same.
 */
public final class InstanceIds {
    private static final int HEX_DIGITS = 8;

    private final String prefix;
    private final AtomicInteger next;

    /**
     * @param appName the first part, as {@link EdrSettings#appName()} has it
     * @param started when the application started; its epoch second is the second part
     * @param random gives the first instance
     */
    public InstanceIds(String appName, Instant started, RandomGenerator random) {
        prefix = appName + "-" + started.getEpochSecond() + "-";
        Names.requireInstanceId(prefix);
        next = new AtomicInteger(random.nextInt());
    }

    /** An id that this source has not given before. */
    public String next() {
        return prefix + HexFormat.of().toHexDigits(next.getAndIncrement());
    }

    /** The instance part of an id, which goes up by one and wraps; empty if it has none. */
    public static OptionalInt count(String instanceId) {
        int begin = instanceId.lastIndexOf('-') + 1;
        if (begin == 0 || instanceId.length() - begin != HEX_DIGITS) {
            return OptionalInt.empty();
        }
        int count = 0;
        for (int i = begin; i < instanceId.length(); i++) {
            char c = instanceId.charAt(i);
            if (!HexFormat.isHexDigit(c)) {
                return OptionalInt.empty();
            }
            count = (count << 4) | HexFormat.fromHexDigit(c);
        }
        return OptionalInt.of(count);
    }
}

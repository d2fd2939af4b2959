package io.moondial.rules;

import io.moondial.rules.TriggerIndex.Node;
import io.moondial.rules.TriggerIndex.Node.Branch;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Nodes by what a text must begin with. Under each prefix are also the nodes of all the shorter
 * ones that it begins with, so the longest that is found leads to all that match.
 *
 * <p>Instead of a map of strings, for where there are many it is the processor's caches that a
 * look-up waits for: a prefix is its packed number, in a table at most half full (open addressing),
 * with the node in the same slot of another. The few that cannot be packed are in a map.
 */
final class PrefixTable {
    /** 2<sup>64</sup> by the golden ratio: near numbers go to far slots. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    /** In an empty slot: the number of the empty text. */
    private static final long EMPTY = 0;

    private final List<Integer> lengths;
    private final int shift;
    private final long[] prefixes;
    private final @Nullable Node[] nodes;
    private final Map<String, Node> unpacked = new HashMap<>();

    /** Of nodes that know nothing of each other, by their prefixes. */
    PrefixTable(Map<String, Node> filed) {
        lengths =
                filed.keySet().stream()
                        .map(String::length)
                        .distinct()
                        .sorted(Comparator.reverseOrder())
                        .toList();
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * filed.size());
        shift = Long.SIZE - bits;
        prefixes = new long[1 << bits];
        nodes = new Node[1 << bits];
        filed.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
                .forEach(entry -> put(PackedText.of(entry.getKey()), entry.getValue()));
    }

    /** Those of the prefixes, descending. */
    List<Integer> lengths() {
        return lengths;
    }

    /** The node of the prefix that the text's first characters are; null: there is none. */
    @Nullable Node find(PackedText text, int length) {
        if (!isPacked(text, length)) {
            return unpacked.get(text.text().substring(0, length));
        }
        long prefix = text.beginning(length);
        int slot = firstSlot(prefix);
        while (prefixes[slot] != prefix) {
            if (prefixes[slot] == EMPTY) {
                return null;
            }
            slot = next(slot);
        }
        return nodes[slot];
    }

    private void put(PackedText prefix, Node own) {
        int length = prefix.text().length();
        Node shorter = longestBelow(length, prefix);
        Node node = shorter == null ? own : Branch.of(List.of(own, shorter));
        if (!isPacked(prefix, length)) {
            unpacked.put(prefix.text(), node);
            return;
        }
        int slot = firstSlot(prefix.packed());
        while (prefixes[slot] != EMPTY) {
            slot = next(slot);
        }
        prefixes[slot] = prefix.packed();
        nodes[slot] = node;
    }

    private @Nullable Node longestBelow(int bound, PackedText text) {
        for (int length : lengths) {
            Node node = length < bound ? find(text, length) : null;
            if (node != null) {
                return node;
            }
        }
        return null;
    }

    private static boolean isPacked(PackedText text, int length) {
        return length > 0 && length <= text.length();
    }

    private int firstSlot(long prefix) {
        return (int) ((prefix * SCATTER) >>> shift);
    }

    private int next(int slot) {
        return (slot + 1) & (prefixes.length - 1);
    }

    /**
     * A text whose beginning is also a number, five bits a character: up to the first character
     * that is not between {@code #} and {@code A}, which is all of most service codes and numbers.
     *
     * @param packed its last character in the lowest bits; none is packed as 0
     * @param length how many characters are packed, at most {@value #MOST}
     */
    record PackedText(String text, long packed, int length) {
        private static final int BITS = 5;

        /** As many as a number holds. */
        static final int MOST = Long.SIZE / BITS;

        private static final int BEFORE_FIRST = '#' - 1;

        static PackedText of(String text) {
            int most = Math.min(text.length(), MOST);
            long packed = 0;
            for (int i = 0; i < most; i++) {
                int code = text.charAt(i) - BEFORE_FIRST;
                if (code <= 0 || code >= 1 << BITS) {
                    return new PackedText(text, packed, i);
                }
                packed = (packed << BITS) | code;
            }
            return new PackedText(text, packed, most);
        }

        /**
         * The number of this many packed characters at the beginning, which no other beginning has.
         */
        long beginning(int characters) {
            return packed >>> (BITS * (length - characters));
        }
    }
}

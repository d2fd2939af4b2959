package io.moondial.rules;

import io.moondial.rules.IndexNode.Candidate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One search of a {@link TriggerIndex}: what is looked for, and the best found so far. */
final class IndexSearch {
    /** The position of no trigger: behind all. */
    static final int NONE = Integer.MAX_VALUE;

    private final Facts facts;
    private int found = NONE;
    private int probed;
    private int examined;

    IndexSearch(Facts facts) {
        this.facts = facts;
    }

    Facts facts() {
        return facts;
    }

    /** The position of the first trigger that holds, or {@link #NONE}. */
    int found() {
        return found;
    }

    /** How many look-ups in tables it took. */
    int probed() {
        return probed;
    }

    /** How many triggers it took a look at. */
    int examined() {
        return examined;
    }

    /** Goes on in the node, if anything there could be better than what is found. */
    void visit(IndexNode node) {
        if (node.first() < found) {
            node.accept(this);
        }
    }

    /** Goes on in the node filed under the key, if there is one. */
    void visitIn(Map<String, IndexNode> nodes, String key) {
        follow(nodes.get(key));
    }

    /** Goes on in the node filed under the longest prefix of the text, if there is one. */
    void visitLongestIn(PrefixTable nodes, String text) {
        PackedText packed = PackedText.of(text);
        for (int length : nodes.lengths()) {
            if (length <= text.length() && follow(nodes.find(packed, length))) {
                return;
            }
        }
    }

    /** Goes on in what a look-up found; false: it found nothing. */
    private boolean follow(@Nullable IndexNode node) {
        probed++;
        if (node == null) {
            return false;
        }
        visit(node);
        return true;
    }

    /** Takes the candidate if all its conditions hold. */
    void examine(Candidate candidate) {
        examined++;
        for (Condition condition : candidate.open()) {
            if (!condition.holds(facts)) {
                return;
            }
        }
        found = candidate.first();
    }
}

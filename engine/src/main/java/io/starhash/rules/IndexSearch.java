package io.starhash.rules;

import io.starhash.rules.IndexNode.Candidate;
import java.util.Map;

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

    /** How many look-ups in maps it took. */
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
        probed++;
        IndexNode node = nodes.get(key);
        if (node != null) {
            visit(node);
        }
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

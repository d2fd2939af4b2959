package io.moondial.rules;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A part of a {@link TriggerIndex}. */
sealed interface IndexNode {

    /** The lowest position in it. */
    int first();

    /** Leads the search to whatever in it may hold. */
    void accept(IndexSearch search);

    /**
     * One trigger.
     *
     * @param first its position among all, from 0
     * @param open its conditions that the way to it has not settled
     */
    record Candidate(int first, List<Condition> open) implements IndexNode {

        /** Whether it matches whenever a search comes to it. */
        boolean isCertain() {
            return open.isEmpty();
        }

        /** The same, behind a way on which the condition holds. */
        Candidate given(Condition settled) {
            return new Candidate(
                    first, open.stream().filter(other -> !other.equals(settled)).toList());
        }

        @Override
        public void accept(IndexSearch search) {
            search.examine(this);
        }
    }

    /** Several nodes, by their first positions. */
    record Branch(List<IndexNode> nodes) implements IndexNode {

        /** Of nodes in any order. */
        static Branch of(Collection<? extends IndexNode> nodes) {
            return new Branch(
                    nodes.stream()
                            .<IndexNode>map(node -> node)
                            .sorted(Comparator.comparingInt(IndexNode::first))
                            .toList());
        }

        @Override
        public int first() {
            return nodes.isEmpty() ? IndexSearch.NONE : nodes.getFirst().first();
        }

        @Override
        public void accept(IndexSearch search) {
            for (IndexNode node : nodes) {
                search.visit(node);
            }
        }
    }

    /** Triggers by what an attribute must equal. */
    record ByExact(Attribute attribute, Map<String, IndexNode> nodes, int first)
            implements IndexNode {

        static ByExact of(Attribute attribute, Map<String, IndexNode> nodes) {
            return new ByExact(attribute, nodes, firstOf(nodes));
        }

        @Override
        public void accept(IndexSearch search) {
            String whole = search.facts().whole(attribute);
            if (whole != null) {
                search.visitIn(nodes, whole);
            }
        }
    }

    /** Triggers by what an attribute must begin with. */
    record ByPrefix(Attribute attribute, PrefixTable nodes, int first) implements IndexNode {

        static ByPrefix of(Attribute attribute, Map<String, IndexNode> nodes) {
            return new ByPrefix(attribute, new PrefixTable(nodes), firstOf(nodes));
        }

        @Override
        public void accept(IndexSearch search) {
            String beginning = search.facts().beginning(attribute);
            if (beginning != null) {
                search.visitLongestIn(nodes, beginning);
            }
        }
    }

    private static int firstOf(Map<String, IndexNode> nodes) {
        return nodes.values().stream().mapToInt(IndexNode::first).min().orElse(IndexSearch.NONE);
    }
}

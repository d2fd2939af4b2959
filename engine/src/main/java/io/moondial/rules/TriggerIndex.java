package io.moondial.rules;

import io.moondial.rules.PrefixTable.PackedText;
import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.TriggerIndex.Node.Branch;
import io.moondial.rules.TriggerIndex.Node.Candidate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first trigger whose conditions all hold without looking at the others.
 *
 * <p>Each trigger is filed once, under one of its conditions: the one that it shares with the
 * fewest others, so that a search seldom follows a condition that holds to triggers that do not
 * match. Under each condition is again an index, of the triggers filed there by the conditions that
 * they have left, down to lists that are as quickly read as searched. A search takes a look-up for
 * each attribute with exact conditions, and at most one for each length that occurs among an
 * attribute's prefixes, the longest first. It keeps the lowest position found, and passes by
 * whatever begins later.
 *
 * <p>A trigger that has no condition left matches whenever the search comes to it, so those that
 * stand behind it are not filed there at all.
 */
final class TriggerIndex {
    /** Up to this many are read one by one. */
    private static final int SHORT = 8;

    private final Node root;

    TriggerIndex(List<Trigger> triggers) {
        // Equal conditions are one object, which stays in the processor's caches.
        Map<Condition, Condition> known = new HashMap<>();
        List<Candidate> candidates = new ArrayList<>(triggers.size());
        for (Trigger trigger : triggers) {
            List<Condition> conditions =
                    Condition.listOf(trigger.conditions()).stream()
                            .map(condition -> known.computeIfAbsent(condition, c -> c))
                            .toList();
            candidates.add(new Candidate(candidates.size(), conditions));
        }
        root = node(candidates);
    }

    /** Looks for the first trigger whose conditions hold by these facts. */
    Search search(Facts facts) {
        Search search = new Search(facts);
        search.visit(root);
        return search;
    }

    private static Node node(List<Candidate> candidates) {
        List<Candidate> reachable = upToFirstCertain(candidates);
        if (reachable.size() == 1) {
            return reachable.getFirst();
        }
        return reachable.size() <= SHORT ? Branch.of(reachable) : filed(reachable);
    }

    private static List<Candidate> upToFirstCertain(List<Candidate> candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).isCertain()) {
                return candidates.subList(0, i + 1);
            }
        }
        return candidates;
    }

    private static Node filed(List<Candidate> candidates) {
        Comparator<Condition> fewestSharers = fewestSharers(candidates);
        List<Node> nodes = new ArrayList<>();
        Map<Condition, List<Candidate>> files = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            candidate.open().stream()
                    .min(fewestSharers)
                    .ifPresentOrElse(
                            condition ->
                                    files.computeIfAbsent(condition, c -> new ArrayList<>())
                                            .add(candidate.given(condition)),
                            () -> nodes.add(candidate));
        }
        nodes.addAll(shelves(files));
        return Branch.of(nodes);
    }

    /** By how many have the condition; the exact ones, which come first, win among equals. */
    private static Comparator<Condition> fewestSharers(List<Candidate> candidates) {
        Map<Condition, Integer> sharers = new HashMap<>();
        for (Candidate candidate : candidates) {
            candidate.open().forEach(condition -> sharers.merge(condition, 1, Integer::sum));
        }
        return Comparator.comparingInt(condition -> sharers.getOrDefault(condition, 0));
    }

    private static List<Node> shelves(Map<Condition, List<Candidate>> files) {
        Map<Attribute, Map<String, Node>> exact = new EnumMap<>(Attribute.class);
        Map<Attribute, Map<String, Node>> prefix = new EnumMap<>(Attribute.class);
        files.forEach(
                (condition, candidates) -> {
                    Node node = node(candidates);
                    switch (condition) {
                        case Condition.Exact(Attribute attribute, String value) ->
                                exact.computeIfAbsent(attribute, a -> new HashMap<>())
                                        .put(value, node);
                        case Condition.Prefix(Attribute attribute, String value) ->
                                prefix.computeIfAbsent(attribute, a -> new HashMap<>())
                                        .put(value, node);
                    }
                });
        List<Node> shelves = new ArrayList<>();
        exact.forEach((attribute, nodes) -> shelves.add(Node.ByExact.of(attribute, nodes)));
        prefix.forEach((attribute, nodes) -> shelves.add(Node.ByPrefix.of(attribute, nodes)));
        return shelves;
    }

    /** One search of a {@link TriggerIndex}: what is looked for, and the best found so far. */
    static final class Search {
        /** The position that means no trigger: after all. */
        static final int NONE = Integer.MAX_VALUE;

        private final Facts facts;
        private int found = NONE;
        private int probed;
        private int examined;

        Search(Facts facts) {
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
        void visit(Node node) {
            if (node.first() < found) {
                node.accept(this);
            }
        }

        /** Goes on in the node filed under the key, if there is one. */
        void visitIn(Map<String, Node> nodes, String key) {
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
        private boolean follow(@Nullable Node node) {
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

    /** A part of a {@link TriggerIndex}. */
    sealed interface Node {

        /** The lowest position in it. */
        int first();

        /** Leads the search to whatever in it may hold. */
        void accept(Search search);

        /**
         * One trigger.
         *
         * @param first its position among all, from 0
         * @param open its conditions that the way to it has not settled
         */
        record Candidate(int first, List<Condition> open) implements Node {

            /** Whether it matches whenever a search comes to it. */
            boolean isCertain() {
                return open.isEmpty();
            }

            /** The same, after a way on which the condition is true. */
            Candidate given(Condition settled) {
                return new Candidate(
                        first, open.stream().filter(other -> !other.equals(settled)).toList());
            }

            @Override
            public void accept(Search search) {
                search.examine(this);
            }
        }

        /** Several nodes, by their first positions. */
        record Branch(List<Node> nodes) implements Node {

            /** Of nodes in any order. */
            static Branch of(Collection<? extends Node> nodes) {
                return new Branch(
                        nodes.stream()
                                .<Node>map(node -> node)
                                .sorted(Comparator.comparingInt(Node::first))
                                .toList());
            }

            @Override
            public int first() {
                return nodes.isEmpty() ? Search.NONE : nodes.getFirst().first();
            }

            @Override
            public void accept(Search search) {
                for (Node node : nodes) {
                    search.visit(node);
                }
            }
        }

        /** Triggers by what an attribute must equal. */
        record ByExact(Attribute attribute, Map<String, Node> nodes, int first) implements Node {

            static ByExact of(Attribute attribute, Map<String, Node> nodes) {
                return new ByExact(attribute, nodes, firstOf(nodes));
            }

            @Override
            public void accept(Search search) {
                String whole = search.facts().whole(attribute);
                if (whole != null) {
                    search.visitIn(nodes, whole);
                }
            }
        }

        /** Triggers by what an attribute must begin with. */
        record ByPrefix(Attribute attribute, PrefixTable nodes, int first) implements Node {

            static ByPrefix of(Attribute attribute, Map<String, Node> nodes) {
                return new ByPrefix(attribute, new PrefixTable(nodes), firstOf(nodes));
            }

            @Override
            public void accept(Search search) {
                String beginning = search.facts().beginning(attribute);
                if (beginning != null) {
                    search.visitLongestIn(nodes, beginning);
                }
            }
        }

        private static int firstOf(Map<String, Node> nodes) {
            return nodes.values().stream().mapToInt(Node::first).min().orElse(Search.NONE);
        }
    }

    /** One of a trigger's conditions, on its own; the key that the trigger can be filed under. */
    sealed interface Condition {

        /** Whether the facts are enough for the condition to hold. */
        boolean holds(Facts facts);

        /** The attribute equals the value. */
        record Exact(Attribute attribute, String value) implements Condition {
            @Override
            public boolean holds(Facts facts) {
                return value.equals(facts.whole(attribute));
            }
        }

        /** The attribute begins with the value. */
        record Prefix(Attribute attribute, String value) implements Condition {
            @Override
            public boolean holds(Facts facts) {
                String beginning = facts.beginning(attribute);
                return beginning != null && beginning.startsWith(value);
            }
        }

        /** Those that are given, the exact ones first. */
        static List<Condition> listOf(Conditions conditions) {
            List<Condition> exact = new ArrayList<>();
            List<Condition> prefix = new ArrayList<>();
            for (Attribute attribute : Attribute.values()) {
                String whole = attribute.exactIn(conditions);
                if (whole != null) {
                    exact.add(new Exact(attribute, whole));
                }
                String beginning = attribute.prefixIn(conditions);
                if (beginning != null) {
                    prefix.add(new Prefix(attribute, beginning));
                }
            }
            exact.addAll(prefix);
            return List.copyOf(exact);
        }
    }

    /**
     * What is known for certain of a request's attributes, or of those of a whole set of requests.
     */
    sealed interface Facts {

        /** What the attribute is; null: it is missing, or it is not the same in all. */
        @Nullable String whole(Attribute attribute);

        /** The longest text that the attribute is known to begin with; null: it may be missing. */
        @Nullable String beginning(Attribute attribute);

        /** Of one request: everything. */
        record OfRequest(TriggerRequest request) implements Facts {
            @Override
            public @Nullable String whole(Attribute attribute) {
                return attribute.valueIn(request);
            }

            @Override
            public @Nullable String beginning(Attribute attribute) {
                return attribute.valueIn(request);
            }
        }

        /**
         * Of all requests that meet the conditions: no more than the conditions say. They must not
         * contradict each other, because then there is no such request.
         */
        record OfAllThatMeet(Conditions conditions) implements Facts {
            @Override
            public @Nullable String whole(Attribute attribute) {
                return attribute.exactIn(conditions);
            }

            @Override
            public @Nullable String beginning(Attribute attribute) {
                String whole = attribute.exactIn(conditions);
                if (whole != null) {
                    return whole;
                }
                String prefix = attribute.prefixIn(conditions);
                // A USSD string alone is in every request, and so begins with the empty text at
                // least.
                return prefix == null && attribute == Attribute.USSD_STRING ? "" : prefix;
            }
        }
    }
}

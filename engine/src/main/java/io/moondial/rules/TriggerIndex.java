package io.moondial.rules;

import io.moondial.rules.IndexNode.Branch;
import io.moondial.rules.IndexNode.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    /** Up to so many are read one by one. */
    private static final int SHORT = 8;

    private final IndexNode root;

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
    IndexSearch search(Facts facts) {
        IndexSearch search = new IndexSearch(facts);
        search.visit(root);
        return search;
    }

    private static IndexNode node(List<Candidate> candidates) {
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

    private static IndexNode filed(List<Candidate> candidates) {
        Comparator<Condition> fewestSharers = fewestSharers(candidates);
        List<IndexNode> nodes = new ArrayList<>();
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

    private static List<IndexNode> shelves(Map<Condition, List<Candidate>> files) {
        Map<Attribute, Map<String, IndexNode>> exact = new EnumMap<>(Attribute.class);
        Map<Attribute, Map<String, IndexNode>> prefix = new EnumMap<>(Attribute.class);
        files.forEach(
                (condition, candidates) -> {
                    IndexNode node = node(candidates);
                    switch (condition) {
                        case Condition.Exact(Attribute attribute, String value) ->
                                exact.computeIfAbsent(attribute, a -> new HashMap<>())
                                        .put(value, node);
                        case Condition.Prefix(Attribute attribute, String value) ->
                                prefix.computeIfAbsent(attribute, a -> new HashMap<>())
                                        .put(value, node);
                    }
                });
        List<IndexNode> shelves = new ArrayList<>();
        exact.forEach((attribute, nodes) -> shelves.add(IndexNode.ByExact.of(attribute, nodes)));
        prefix.forEach((attribute, nodes) -> shelves.add(IndexNode.ByPrefix.of(attribute, nodes)));
        return shelves;
    }
}

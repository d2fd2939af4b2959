package io.moondial.config;

import io.moondial.config.Node.Entry;
import io.moondial.config.Node.Mapping;
import io.moondial.config.Node.Scalar;
import io.moondial.config.Node.Sequence;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys and their values, read strictly. A value that is not allowed becomes a problem, and reading
 * goes on as if the key had been left out; so one pass finds all there is to find. Every key that
 * was asked for is known from then on, and {@link #refuseUnknownKeys} makes a problem of the rest.
 */
public final class Section {
    private static final String SECTION = "a section: keys with their values";

    private final String name;
    private final Mapping mapping;
    private final Problems problems;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Section> children = new ArrayList<>();

    /**
     * Those of the children that are no items, and have no name of the writer's, by their keys;
     * empty if that is no section.
     */
    private final Map<String, Optional<Section>> sections = new LinkedHashMap<>();

    /** Those of the children that are items, by their lists' keys. */
    private final Map<String, List<Section>> lists = new LinkedHashMap<>();

    /** The keys whose values are not allowed. */
    private final Set<String> refused = new HashSet<>();

    /** The section that a mapping of the problems' file is. */
    public Section(Mapping mapping, Problems problems) {
        this("", mapping, problems);
    }

    private Section(String name, Mapping mapping, Problems problems) {
        this.name = name;
        this.mapping = mapping;
        this.problems = problems;
        mapping.entries().forEach(entry -> entries.put(entry.key().text(), entry));
    }

    /** Where it begins. */
    public Place place() {
        return mapping.place();
    }

    /** Whether it has no key at all. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The file that it is of. */
    Path file() {
        return problems.file();
    }

    /** Where the key's value is, or where the section begins if it does not have the key. */
    public Place placeOf(String key) {
        Entry entry = entries.get(key);
        return entry == null ? place() : entry.value().place();
    }

    /** Whether the key is given, be its value allowed or not. */
    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Whether the key's value is keys with their values. */
    boolean isSection(String key) {
        Entry entry = entries.get(key);
        return entry != null && entry.value() instanceof Mapping;
    }

    /** Whether the key is given, with a value that is allowed by itself. */
    public boolean hasAllowed(String key) {
        return has(key) && !refused.contains(key);
    }

    /** From now on the key is one of the section. */
    void know(String key) {
        known.add(key);
    }

    /** How many problems the file has so far, wherever they are. */
    public int problemsSoFar() {
        return problems.count();
    }

    /** A problem of the section as a whole. */
    public void refuse(String message) {
        problems.add(place(), message);
    }

    /** A problem that a wider look at the key's value shows. */
    public void refuse(String key, String message) {
        problems.add(placeOf(key), key + ": " + message);
    }

    /** The same, where the key's value may be a secret: its line is shown nowhere. */
    public void refuseSecret(String key, String message) {
        problems.addSecret(placeOf(key), key + ": " + message);
    }

    /** Something about the key's value that is allowed, and may not be meant. */
    public void warn(String key, String message) {
        problems.warn(placeOf(key), key + ": " + message);
    }

    /** Something that an engine needs from elsewhere, and that tests of scripts do not. */
    public void needed(String key, String message) {
        problems.need(placeOf(key), key + ": " + message);
    }

    /** Something with which no engine starts, and that tests of scripts do not look at. */
    public void unsafe(String key, String message) {
        problems.unsafe(placeOf(key), key + ": " + message);
    }

    /** A key that is known but may not be used: a problem if it is given. */
    public void refuseKey(String key, String message) {
        known.add(key);
        Optional.ofNullable(entries.get(key))
                .ifPresent(it -> problems.add(it.key().place(), key + ": " + message));
    }

    /** The value of a key; empty if it is left out, or not allowed. */
    public <T> Optional<T> find(String key, ValueType<T> type) {
        return node(key).flatMap(node -> single(key, node, type));
    }

    /** The value of a key, or this one. */
    public <T> T find(String key, ValueType<T> type, T otherwise) {
        return find(key, type).orElse(otherwise);
    }

    /** The value of a key that must be there; empty if there is none to go on with. */
    public <T> Optional<T> require(String key, ValueType<T> type) {
        if (node(key).isEmpty()) {
            problems.add(place(), key + " is missing; allowed is " + type.allowed());
        }
        return find(key, type);
    }

    /** A path, relative to the file's folder, or this one as if it stood there. */
    public Path path(String key, String otherwise) {
        return path(key, resolve(otherwise));
    }

    /** A path, relative to the file's folder, or this one. */
    public Path path(String key, Path otherwise) {
        return find(key, ValueType.text()).flatMap(text -> resolve(key, text)).orElse(otherwise);
    }

    /**
     * The path that a text in the file means.
     *
     * @throws InvalidPathException if it means none
     */
    private Path resolve(String text) {
        Path resolved = problems.file().resolveSibling(text);
        Path parent = resolved.getParent();
        // the folder of the file itself is named without a dot behind it
        return parent != null && resolved.endsWith(".") ? parent : resolved;
    }

    private Optional<Path> resolve(String key, String text) {
        try {
            return Optional.of(resolve(text));
        } catch (InvalidPathException e) {
            refuse(
                    key,
                    "found %s; allowed is a path (%s)".formatted(Quote.of(text), e.getReason()));
            return Optional.empty();
        }
    }

    /** A list of values, none twice and at least one, or this list. */
    public <T> List<T> distinct(String key, ValueType<T> type, List<T> otherwise) {
        return node(key)
                .flatMap(node -> values(key, node, type, new LinkedHashSet<>()))
                .orElse(otherwise);
    }

    /** A list of values, at least one, or this list; a value may stand in it again. */
    public <T> List<T> repeating(String key, ValueType<T> type, List<T> otherwise) {
        return node(key)
                .flatMap(node -> values(key, node, type, new ArrayList<>()))
                .orElse(otherwise);
    }

    /**
     * The items of a node.
     *
     * @param values where they are put; an item that it does not take is a problem
     */
    private <T> Optional<List<T>> values(
            String key, Node node, ValueType<T> type, Collection<T> values) {
        if (!(node instanceof Sequence sequence) || sequence.items().isEmpty()) {
            return refused(key, node, "a list such as [A, B], each of it " + type.allowed());
        }
        for (Node item : sequence.items()) {
            single(key, item, type)
                    .filter(value -> !values.add(value))
                    .ifPresent(it -> problems.add(item.place(), repeated(key, item)));
        }
        return Optional.of(List.copyOf(values));
    }

    private static String repeated(String key, Node item) {
        return "%s: %s appears twice; remove one".formatted(key, Quote.of(item));
    }

    /** A section; without entries if it is left out. */
    public Section section(String key) {
        return sectionIfGiven(key).orElseGet(() -> new Section(key, nothing(place()), problems));
    }

    /** A section; empty if it is left out. A key with nothing below it is one. */
    public Optional<Section> sectionIfGiven(String key) {
        return sectionIfGiven(key, SECTION);
    }

    /**
     * The same.
     *
     * @param allowed what may be written, for people
     */
    public Optional<Section> sectionIfGiven(String key, String allowed) {
        return sections.computeIfAbsent(
                key, k -> node(k).flatMap(it -> mapping(k, it, allowed)).map(it -> child(k, it)));
    }

    /** The sections of a list, in order; none if it is left out. */
    public List<Section> sections(String key) {
        return lists.computeIfAbsent(key, this::itemsOf);
    }

    private List<Section> itemsOf(String key) {
        return switch (node(key).orElseGet(() -> new Sequence(place(), List.of()))) {
            case Sequence sequence ->
                    sequence.items().stream()
                            .flatMap(item -> mapping(key, item).stream())
                            .map(it -> child(key, it))
                            .toList();
            case Scalar scalar when scalar.isNull() -> List.of();
            case Scalar scalar -> notAList(key, scalar);
            case Mapping section -> notAList(key, section);
        };
    }

    private List<Section> notAList(String key, Node node) {
        refused(key, node, "a list: lines that begin with \"- \"");
        return List.of();
    }

    /** The sections of a section, under names that the writer of the file chose. */
    public Map<String, Section> namedSections(String key, ValueType<String> nameType) {
        Map<String, Section> named = new LinkedHashMap<>();
        for (Entry entry : entriesOf(key)) {
            Optional<String> name = single(key, entry.key(), nameType);
            mapping(entry.key().text(), entry.value())
                    .map(it -> child(entry.key().text(), it))
                    .ifPresent(child -> name.ifPresent(it -> named.put(it, child)));
        }
        return named;
    }

    /**
     * Free-form values under names that the writer of the file chose: String, Long, Double,
     * Boolean, and lists and maps of them.
     */
    public Map<String, Object> values(String key, ValueType<String> nameType, Objection objection) {
        List<Entry> given = entriesOf(key);
        given.forEach(entry -> single(key, entry.key(), nameType));
        return new CoreSchema(problems, objection).map(new Mapping(placeOf(key), given), "");
    }

    private List<Entry> entriesOf(String key) {
        return node(key)
                .flatMap(node -> mapping(key, node))
                .map(Mapping::entries)
                .orElse(List.of());
    }

    /** Makes a problem of every key, here and below, that nobody has asked for. */
    public void refuseUnknownKeys() {
        refuseUnknownKeys(this);
    }

    private void refuseUnknownKeys(Section top) {
        entries.values().stream()
                .map(Entry::key)
                .filter(key -> !known.contains(key.text()))
                .forEach(key -> problems.add(key.place(), unknown(key, top)));
        children.forEach(it -> it.refuseUnknownKeys(top));
    }

    private String unknown(Scalar key, Section top) {
        String near = Nearest.suggestion(key.text(), known);
        String hint =
                near.isEmpty() ? top.whoseKey(key).map(Section::placeForKey).orElse("") : near;
        return "unknown key %s%s"
                .formatted(
                        Quote.of(key),
                        hint.isEmpty() ? "; allowed are " + String.join(", ", known) : hint);
    }

    /**
     * The section, this or one below it, that has a key of this name; the last one above it, best.
     */
    private Optional<Section> whoseKey(Scalar key) {
        Section found = known.contains(key.text()) ? this : null;
        for (Section section : sections.values().stream().flatMap(Optional::stream).toList()) {
            if (found == null || section.place().line() <= key.place().line()) {
                found = section.whoseKey(key).orElse(found);
            }
        }
        return Optional.ofNullable(found);
    }

    private String placeForKey() {
        return name.isEmpty()
                ? "; it is one of the file itself, and begins in column 1 there"
                : "; it is one of the section %s: begin it below \"%s:\", further right"
                        .formatted(name, name);
    }

    private Optional<Node> node(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    private Section child(String key, Mapping mapping) {
        var child = new Section(key, mapping, problems);
        children.add(child);
        return child;
    }

    private <T> Optional<T> single(String key, Node node, ValueType<T> type) {
        Optional<T> value = node instanceof Scalar scalar ? type.parse(scalar) : Optional.empty();
        return value.isPresent() ? value : refused(key, node, allowed(node, type));
    }

    private static String allowed(Node node, ValueType<?> type) {
        return node instanceof Scalar scalar ? type.allowed() + hint(scalar, type) : type.allowed();
    }

    private static String hint(Scalar scalar, ValueType<?> type) {
        if (scalar.text().startsWith("+")
                && type.parse(new Scalar(scalar.place(), scalar.text().substring(1), true))
                        .isPresent()) {
            return "; write it without +";
        }
        var plain = new Scalar(scalar.place(), scalar.text(), false);
        return scalar.quoted() && type.parse(plain).isPresent()
                ? "; remove the quotes"
                : Nearest.suggestion(scalar.text(), type.choices());
    }

    private Optional<Mapping> mapping(String key, Node node) {
        return mapping(key, node, SECTION);
    }

    private Optional<Mapping> mapping(String key, Node node, String allowed) {
        return switch (node) {
            case Mapping it -> Optional.of(it);
            case Scalar scalar when scalar.isNull() -> Optional.of(nothing(scalar.place()));
            case Scalar scalar -> refused(key, scalar, allowed);
            case Sequence sequence -> refused(key, sequence, allowed);
        };
    }

    private static Mapping nothing(Place place) {
        return new Mapping(place, List.of());
    }

    private <T> Optional<T> refused(String key, Node node, String allowed) {
        refused.add(key);
        problems.add(
                node.place(),
                "%s: found %s; allowed is %s".formatted(key, Quote.of(node), allowed));
        return Optional.empty();
    }
}

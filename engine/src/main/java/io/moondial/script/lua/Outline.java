package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the text of a chunk names: the globals that it reads and defines, the fields of libraries
 * that it reads, the modules that it requires. Read from the source alone; nothing runs.
 */
public final class Outline {
    /** What may keep a place in the code from failing when it fails. */
    public enum Reach {
        /** Nothing. */
        PLAIN,
        /** It is under a condition: in an {@code if}, or right of {@code and} or {@code or}. */
        CONDITIONAL,
        /** It is in a function that is given to {@code pcall} or {@code xpcall}. */
        GUARDED,
        /** It never runs. */
        DEAD
    }

    /**
     * Something named at a place.
     *
     * @param at the index of its first octet, for {@link #line} and {@link #column}
     */
    public record Mention(String name, int at, Reach reach) {}

    /**
     * A field of a library or module that is read.
     *
     * @param library its name, as {@code require} or a global has it
     * @param called whether what was read is called at once
     * @param literals the leading arguments of that call, up to a table or a function; null: not a
     *     text that is written out
     */
    public record Field(
            String library, boolean called, Mention mention, List<@Nullable String> literals) {
        public Field {
            literals = Collections.unmodifiableList(new ArrayList<>(literals));
        }
    }

    final List<Mention> globalsRead = new ArrayList<>();
    final Set<String> globalsDefined = new HashSet<>();
    final List<Field> fieldsRead = new ArrayList<>();
    final List<Mention> modulesRequired = new ArrayList<>();
    final List<Mention> secretsComposed = new ArrayList<>();
    boolean requiresOthers;
    boolean definesOthers;

    private final SourceText source;

    Outline(SourceText source) {
        this.source = source;
    }

    /**
     * Reads a file that compiles.
     *
     * @param secretOptions the functions whose result may be secret, as {@code ussd.menu}: each
     *     with the field that is true in a table among the arguments if it is
     */
    public static Outline of(LuaString source, Map<String, String> secretOptions) {
        return new OutlineReader(SourceText.ofFile(source), secretOptions).read();
    }

    /** The line of a place, from 1. */
    public int line(Mention mention) {
        return source.lineOf(mention.at());
    }

    /** The column of a place, from 1, in characters. */
    public int column(Mention mention) {
        return source.columnOf(mention.at());
    }

    /** Each reading of a global that is no local's. */
    public List<Mention> globalsRead() {
        return List.copyOf(globalsRead);
    }

    /** The globals that an assignment or a function gives a value that does not need one. */
    public Set<String> globalsDefined() {
        return Set.copyOf(globalsDefined);
    }

    /** Each reading of a field of a module or a library, by its name. */
    public List<Field> fieldsRead() {
        return List.copyOf(fieldsRead);
    }

    /** Each {@code require} of a name that is written out. */
    public List<Mention> modulesRequired() {
        return List.copyOf(modulesRequired);
    }

    /** Where a secret answer becomes part of a text, by the name of its variable. */
    public List<Mention> secretsComposed() {
        return List.copyOf(secretsComposed);
    }

    /**
     * Whether it may require modules that {@link #modulesRequired} does not name: by names that it
     * makes while it runs, or by {@code require} under another name.
     */
    public boolean requiresOthers() {
        return requiresOthers;
    }

    /** Whether it may define globals by names that it makes while it runs. */
    public boolean definesOthers() {
        return definesOthers;
    }
}

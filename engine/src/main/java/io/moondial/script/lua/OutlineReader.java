package io.moondial.script.lua;

import io.moondial.script.lua.Outline.Literal;
import io.moondial.script.lua.Outline.Mention;
import io.moondial.script.lua.Outline.Option;
import io.moondial.script.lua.Outline.OutlineScopes;
import io.moondial.script.lua.Outline.OutlineScopes.Value;
import io.moondial.script.lua.Outline.OutlineScopes.Variable;
import io.moondial.script.lua.Outline.Reach;
import io.moondial.script.lua.Outline.Use;
import io.moondial.script.lua.Outline.Visible;
import io.moondial.script.lua.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through source that compiles (so its grammar is not checked again), and notes what it
 * names. Variables of the same name are distinguished by their scopes.
 */
final class OutlineReader {
    /** The table of the globals; if a chunk puts another there, their names are not known. */
    private static final String ENVIRONMENT = "_ENV";

    private static final Set<String> GUARDS = Set.of("pcall", "xpcall");

    /** What of {@code _G} itself may be given to, without that it defines anything. */
    private static final Set<String> READERS_OF_G =
            Set.of("rawget", "pairs", "next", "type", "rawlen");

    /** What a token has in place of a text with escapes in it. */
    private static final String ESCAPED = "\\";

    /** What follows a value that is asked for. */
    private static final Set<String> TESTS = Set.of("or", "and", "then", "do", "==", "~=");

    private static final int UNARY = 12;

    private final Token.Stream tokens;
    private final Outline outline;
    private final OutlineScopes scopes = new OutlineScopes();

    private final Outline.Surroundings surroundings;

    /** The globals read in the statement so far, outside of functions in it. */
    private Set<String> readHere = new HashSet<>();

    private int conditions;
    private int guards;
    private int dead;
    private int functions;

    /** How many calls of {@code menu.text} are around. */
    private int longTexts;

    /** Whether the word before what is read next is {@code not}. */
    private boolean negated;

    OutlineReader(SourceText source, Outline.Surroundings surroundings) {
        this.tokens = new Token.Stream(source);
        this.outline = new Outline(source);
        this.surroundings = surroundings;
    }

    Outline read() {
        block();
        outline.fieldsRead.addAll(scopes.fieldsOfConstants());
        outline.calls.addAll(scopes.callsOfConstants());
        long words = tokens.all().stream().filter(Token::isRequire).count();
        outline.requiresOthers |= words > outline.modulesRequired.size();
        return outline;
    }

    // ---- tokens

    private Token peek() {
        return tokens.peek();
    }

    private Token take() {
        return tokens.take();
    }

    private boolean takes(String wanted) {
        return tokens.takes(wanted);
    }

    // ---- statements

    private void block() {
        scopes.enter();
        statements();
        scopes.leave();
    }

    /** Whether it surely returns. What follows a statement that surely returns is dead. */
    private boolean statements() {
        int before = dead;
        boolean returns = false;
        while (!peek().endsBlock()) {
            boolean now = statement();
            if (now && !returns) {
                returns = true;
                dead++;
            }
        }
        dead = before;
        return returns;
    }

    private boolean statement() {
        Set<String> outer = readHere;
        readHere = new HashSet<>();
        boolean returns = statementProper();
        outer.addAll(readHere);
        readHere = outer;
        return returns;
    }

    private boolean statementProper() {
        Token first = take();
        if (first.kind() == Kind.KEYWORD) {
            switch (first.text()) {
                case "do" -> {
                    scopes.enter();
                    boolean returns = statements();
                    scopes.leave();
                    takes("end");
                    return returns;
                }
                case "while" -> {
                    boolean never = tokens.isConstant(false);
                    expression();
                    takes("do");
                    dead += never ? 1 : 0;
                    block();
                    dead -= never ? 1 : 0;
                    takes("end");
                }
                case "repeat" -> {
                    scopes.enter();
                    statements();
                    takes("until");
                    expression();
                    scopes.leave();
                }
                case "if" -> ifStatement();
                case "for" -> forStatement();
                case "function" -> functionStatement();
                case "local" -> local();
                case "return" -> {
                    if (!peek().endsBlock() && !peek().is(";")) {
                        expressions();
                    }
                    takes(";");
                    return true;
                }
                case "goto" -> take();
                default -> {}
            }
            return false;
        }
        if (first.is("::")) {
            take();
            take();
        } else if (!first.is(";")) {
            tokens.putBack();
            callOrAssignment();
        }
        return false;
    }

    private void ifStatement() {
        boolean decided = false;
        do {
            boolean never = decided || isFalse();
            boolean always = tokens.isConstant(true);
            expression();
            takes("then");
            branch(never);
            decided |= always;
        } while (takes("elseif"));
        if (takes("else")) {
            branch(decided);
        }
        takes("end");
    }

    /** Whether a condition is false whatever happens: {@code if jit}, {@code if not bit32}. */
    private boolean isFalse() {
        if (tokens.isConstant(false)) {
            return true;
        }
        boolean denied = peek().is("not");
        Token name = denied ? tokens.second() : peek();
        Token behind = denied ? tokens.third() : tokens.second();
        return name.kind() == Kind.NAME
                && behind.is("then")
                && scopes.find(name).type() == Value.Type.GLOBAL
                && (denied ? surroundings.present() : surroundings.absent()).contains(name.text());
    }

    private void branch(boolean never) {
        conditions++;
        dead += never ? 1 : 0;
        block();
        dead -= never ? 1 : 0;
        conditions--;
    }

    private void forStatement() {
        List<String> names = new ArrayList<>();
        do {
            names.add(take().text());
        } while (takes(","));
        take(); // = or in
        expressions();
        takes("do");
        scopes.enter();
        names.forEach(name -> declare(name));
        statements();
        scopes.leave();
        takes("end");
    }

    private void functionStatement() {
        Token name = take();
        if (peek().is(".") || peek().is(":")) {
            Value holder = scopes.find(name);
            need(holder);
            take();
            define(field(holder, take().text(), name.at()));
            while (!peek().is("(")) {
                take();
            }
        } else {
            define(scopes.find(name));
        }
        function(false);
    }

    private void local() {
        if (takes("function")) {
            declare(take().text());
            function(false);
            return;
        }
        List<String> names = new ArrayList<>();
        do {
            names.add(take().text());
        } while (takes(","));
        List<Value> values = takes("=") ? expressions() : List.of();
        for (int i = 0; i < names.size(); i++) {
            Variable variable = declare(names.get(i));
            if (i < values.size()) {
                variable.hold(values.get(i));
            }
        }
    }

    private Variable declare(String name) {
        outline.definesOthers |= name.equals(ENVIRONMENT);
        return scopes.declare(name);
    }

    private void callOrAssignment() {
        List<Value> targets = new ArrayList<>();
        do {
            targets.add(suffixed(true));
        } while (takes(","));
        if (!takes("=")) {
            return; // a call
        }
        List<Value> values = expressions();
        for (int i = 0; i < targets.size(); i++) {
            define(targets.get(i));
            Variable variable = targets.get(i).variable();
            if (targets.get(i).type() == Value.Type.LOCAL
                    && variable != null
                    && i < values.size()
                    && values.get(i).type() == Value.Type.SECRET) {
                variable.secret = true;
            }
        }
    }

    private void define(Value target) {
        switch (target.type()) {
            case GLOBAL -> defineGlobal(target.name());
            case LOCAL -> {
                if (target.variable() != null) {
                    target.variable().assigned = true;
                }
            }
            case FIELD -> {
                if ("_G".equals(target.library()) && target.variable() == null) {
                    defineGlobal(target.name());
                } else {
                    outline.fieldsSet.add(target.library() + "." + target.name());
                }
            }
            case STRING, SECRET, OTHER -> {}
        }
    }

    private void defineGlobal(String name) {
        outline.definesOthers |= name.equals(ENVIRONMENT);
        outline.globalsSet.add(name);
        if (!readHere.contains(name)) {
            outline.globalsDefined.add(name);
        }
    }

    // ---- expressions

    private List<Value> expressions() {
        List<Value> values = new ArrayList<>();
        do {
            values.add(expression());
        } while (takes(","));
        return values;
    }

    private Value expression() {
        return expression(0);
    }

    private Value expression(int limit) {
        Value left;
        if (peek().is("not") || peek().is("-") || peek().is("#")) {
            Token operator = take();
            negated = operator.is("not");
            expression(UNARY);
            left = Value.other(operator.at());
        } else {
            left = simple();
        }
        int[] priority = peek().priority();
        while (priority != null && priority[0] > limit) {
            Token operator = take();
            boolean conditional = operator.is("and") || operator.is("or");
            conditions += conditional ? 1 : 0;
            Value right = expression(priority[1]);
            conditions -= conditional ? 1 : 0;
            if (operator.is("..")) {
                compose(left);
                compose(right);
            }
            left = Value.other(operator.at());
            priority = peek().priority();
        }
        return left;
    }

    private void compose(Value operand) {
        if (operand.isSecretVariable()) {
            outline.secretsComposed.add(mention(operand.name(), operand.at()));
        }
    }

    private Value simple() {
        Token next = peek();
        if (next.kind() == Kind.STRING) {
            take();
            return new Value(Value.Type.STRING, next.text(), null, null, next.at());
        }
        if (next.kind() == Kind.NAME || next.is("(")) {
            return suffixed(false);
        }
        if (next.is("{")) {
            table();
        } else if (next.is("function")) {
            take();
            function(false);
        } else {
            take();
        }
        return Value.other(next.at());
    }

    /**
     * A name or a parenthesis with what follows it: fields, indices, calls.
     *
     * @param maybeTarget whether something may be assigned to it; then its last part is not read
     */
    private Value suffixed(boolean maybeTarget) {
        Token first = take();
        boolean denied = negated;
        negated = false;
        Value value;
        if (first.is("(")) {
            Value inner = expression();
            takes(")");
            value = inner.type() == Value.Type.STRING ? inner : Value.other(first.at());
        } else {
            value = scopes.find(first);
        }
        while (true) {
            Token next = peek();
            if (next.is(".")) {
                take();
                Token key = take();
                value = field(value, key.text(), key.at());
            } else if (next.is("[")) {
                take();
                Value key = expression();
                takes("]");
                value = index(value, key);
            } else if (next.is(":")) {
                take();
                Token method = take();
                call(value, false, "format".equals(method.text()));
                value = Value.other(first.at());
            } else if (next.is("(") || next.is("{") || next.kind() == Kind.STRING) {
                value = call(value, true, value.isFunction("string", "format"));
            } else {
                break;
            }
        }
        boolean target = maybeTarget && (peek().is("=") || peek().is(","));
        if (!target) {
            boolean tested = denied || TESTS.contains(peek().text());
            use(value, tested ? Use.TESTED : Use.OTHER, false, List.of(), List.of());
        }
        return value;
    }

    private Value index(Value holder, Value key) {
        if (key.type() == Value.Type.STRING) {
            return field(holder, key.name(), key.at());
        }
        if (holder.isGlobal("_G")) {
            outline.definesOthers = true;
            return Value.other(holder.at());
        }
        return field(holder, "", holder.at());
    }

    private Value field(Value holder, String key, int keyAt) {
        Variable variable = holder.variable();
        String library =
                switch (holder.type()) {
                    case GLOBAL -> holder.name();
                    case LOCAL -> variable == null ? null : variable.library;
                    case OTHER -> holder.library();
                    case FIELD, STRING, SECRET -> null;
                };
        if (!holder.isGlobal("_G")) {
            need(holder);
        }
        return library == null
                ? Value.other(keyAt)
                : new Value(
                        Value.Type.FIELD,
                        key,
                        library,
                        holder.type() == Value.Type.LOCAL ? variable : null,
                        keyAt);
    }

    /** Notes that a value is read, and must be there. */
    private void need(Value value) {
        use(value, Use.NEEDED, false, List.of(), List.of());
    }

    private void use(
            Value value,
            Use how,
            boolean called,
            List<@Nullable String> literals,
            List<Option> options) {
        switch (value.type()) {
            case GLOBAL -> readGlobal(value.name(), value.at(), how, scopes.newest());
            case FIELD -> {
                String library = String.valueOf(value.library());
                if (library.equals("_G") && value.variable() == null) {
                    readGlobal(value.name(), value.at(), how, null);
                    return;
                }
                if (value.name().isEmpty()) {
                    return;
                }
                Outline.Field field =
                        new Outline.Field(
                                library,
                                how,
                                called,
                                mention(value.name(), value.at()),
                                literals,
                                options);
                if (value.variable() == null) {
                    outline.fieldsRead.add(field);
                } else {
                    scopes.readField(value.variable(), field);
                }
            }
            case LOCAL, STRING, SECRET, OTHER -> {}
        }
    }

    private void readGlobal(String name, int place, Use how, @Nullable Visible locals) {
        if (how != Use.TESTED) {
            readHere.add(name);
        }
        if (name.equals("_G") || name.equals(ENVIRONMENT) || name.equals("load")) {
            outline.definesOthers = true;
            return;
        }
        outline.globalsRead.add(new Outline.Global(mention(name, place), how, locals));
    }

    private Mention mention(String name, int place) {
        Reach reach =
                dead > 0
                        ? Reach.DEAD
                        : guards > 0
                                ? Reach.GUARDED
                                : conditions > 0 ? Reach.CONDITIONAL : Reach.PLAIN;
        return new Mention(name, place, reach);
    }

    /**
     * The arguments of a call, and what it gives.
     *
     * @param proper whether it is the value that is called, not a method of it
     */
    private Value call(Value callee, boolean proper, boolean composes) {
        Token open = take();
        boolean isLongText = callee.isFunction("menu", "text");
        longTexts += isLongText ? 1 : 0;
        boolean guarding = callee.type() == Value.Type.GLOBAL && GUARDS.contains(callee.name());
        List<Value> arguments = new ArrayList<>();
        List<Option> options = new ArrayList<>();
        int leading = -1; // none is a table or a function that is written out
        Set<String> set = Set.of();
        Fields fields = Fields.NONE;
        boolean others = false; // arguments that are neither texts nor tables that are written out
        if (open.kind() == Kind.STRING) {
            arguments.add(new Value(Value.Type.STRING, open.text(), null, null, open.at()));
        } else if (open.is("{")) {
            tokens.putBack();
            fields = table(1, options);
            set = fields.set();
        } else {
            int position = 0;
            while (!peek().is(")") && peek().kind() != Kind.END) {
                boolean written = peek().is("{") || (peek().is("function") && guarding);
                leading = written && leading < 0 ? arguments.size() : leading;
                position++;
                if (peek().is("{")) {
                    fields = table(position, options);
                    set = fields.set();
                } else if (written) {
                    take();
                    function(true);
                } else {
                    arguments.add(argument(callee));
                    others |= arguments.size() > 1;
                }
                takes(",");
            }
            takes(")");
        }
        longTexts -= isLongText ? 1 : 0;
        if (composes) {
            arguments.forEach(this::compose);
        }
        List<@Nullable String> literals =
                literals(arguments.subList(0, leading < 0 ? arguments.size() : leading));
        use(callee, Use.NEEDED, proper, literals, options);
        if (proper) {
            callOfModule(
                    callee,
                    literals,
                    others || fields.open() ? null : names(options),
                    options,
                    secrets(arguments, fields.values()));
        }
        return result(callee, arguments, set, open.at());
    }

    private List<Mention> secrets(List<Value> arguments, List<Value> inTable) {
        List<Mention> secrets = new ArrayList<>();
        for (Value it : Stream.of(arguments, inTable).flatMap(List::stream).toList()) {
            if (it.type() == Value.Type.SECRET || it.isSecretVariable()) {
                secrets.add(mention(it.name(), it.at()));
            }
        }
        return secrets;
    }

    private static Set<String> names(List<Option> options) {
        Set<String> names = new HashSet<>();
        options.forEach(it -> names.add(it.mention().name()));
        return names;
    }

    private void callOfModule(
            Value callee,
            List<@Nullable String> literals,
            @Nullable Set<String> given,
            List<Option> options,
            List<Mention> secrets) {
        Variable variable = callee.variable();
        String module =
                switch (callee.type()) {
                    case GLOBAL -> callee.name();
                    case LOCAL -> variable == null ? null : variable.library;
                    case OTHER -> callee.library();
                    case FIELD, STRING, SECRET -> null;
                };
        if (module == null || !surroundings.callable().contains(module)) {
            return;
        }
        Outline.Call call =
                new Outline.Call(
                        mention(module, callee.at()),
                        literals,
                        given,
                        options,
                        longTexts > 0,
                        secrets);
        if (callee.type() == Value.Type.LOCAL && variable != null) {
            scopes.call(variable, call);
        } else {
            outline.calls.add(call);
        }
    }

    private static List<@Nullable String> literals(List<Value> arguments) {
        List<@Nullable String> literals = new ArrayList<>();
        for (Value it : arguments) {
            boolean plain = it.type() == Value.Type.STRING && !it.name().equals(ESCAPED);
            literals.add(plain ? it.name() : null);
        }
        return literals;
    }

    /** An argument; {@code _G} given to what only reads it defines nothing. */
    private Value argument(Value callee) {
        boolean ofG = peek().kind() == Kind.NAME && peek().text().equals("_G");
        Token behind = tokens.second();
        boolean alone = behind.is(",") || behind.is(")");
        if (ofG && alone && callee.type() == Value.Type.GLOBAL) {
            if (READERS_OF_G.contains(callee.name()) || callee.name().equals("rawset")) {
                outline.readsOthers = true;
                return scopes.find(take());
            }
        }
        return expression();
    }

    private Value result(Value callee, List<Value> arguments, Set<String> set, int place) {
        Value first = arguments.isEmpty() ? null : arguments.getFirst();
        if (callee.isGlobal("require")) {
            return required(first, place);
        }
        if (callee.type() == Value.Type.GLOBAL
                && GUARDS.contains(callee.name())
                && first != null
                && first.isGlobal("require")) {
            guards++;
            required(arguments.get(arguments.size() - 1), place);
            guards--;
        }
        if (callee.isGlobal("rawset") && first != null && first.isGlobal("_G")) {
            Value key = arguments.size() > 1 ? arguments.get(1) : Value.other(place);
            if (key.type() == Value.Type.STRING) {
                outline.globalsDefined.add(key.name());
                outline.globalsSet.add(key.name());
            } else {
                outline.definesOthers = true;
            }
        }
        return isSecret(callee, set)
                ? new Value(Value.Type.SECRET, "", null, null, callee.at())
                : Value.other(place);
    }

    private boolean isSecret(Value callee, Set<String> set) {
        if (callee.type() != Value.Type.FIELD) {
            return false;
        }
        String option = surroundings.secretOptions().get(callee.library() + "." + callee.name());
        return option != null && (option.isEmpty() || set.contains(option));
    }

    private Value required(@Nullable Value name, int place) {
        if (name == null || name.type() != Value.Type.STRING || name.name().equals(ESCAPED)) {
            outline.requiresOthers = true;
            return Value.other(place);
        }
        Mention required = mention(name.name(), name.at());
        outline.modulesRequired.add(
                required.reach() == Reach.PLAIN && functions > 0
                        ? new Mention(required.name(), required.at(), Reach.LATER)
                        : required);
        return new Value(Value.Type.OTHER, "", name.name(), null, place);
    }

    private void table() {
        table(0, new ArrayList<>());
    }

    /**
     * What is written in a table constructor.
     *
     * @param set the fields that are written as true
     * @param values what the fields hold
     * @param open whether there is something else than fields with names
     */
    private record Fields(Set<String> set, List<Value> values, boolean open) {
        static final Fields NONE = new Fields(Set.of(), List.of(), false);
    }

    /**
     * A table constructor.
     *
     * @param position of the argument that it is
     * @param options gets the names of the fields in it
     */
    private Fields table(int position, List<Option> options) {
        take();
        Set<String> set = new HashSet<>();
        List<Value> values = new ArrayList<>();
        boolean open = false;
        while (!peek().is("}") && peek().kind() != Kind.END) {
            Token second = tokens.second();
            if (peek().kind() == Kind.NAME && second.is("=")) {
                Token name = take();
                String key = name.text();
                take();
                boolean isText = peek().kind() == Kind.STRING;
                options.add(new Option(position, mention(key, name.at()), isText, literal()));
                if (peek().is("true")) {
                    set.add(key);
                }
            } else {
                open = true;
                if (takes("[")) {
                    expression();
                    takes("]");
                    takes("=");
                }
            }
            values.add(expression());
            if (!takes(",")) {
                takes(";");
            }
        }
        takes("}");
        return new Fields(set, values, open);
    }

    /** The value of a field, which is read next, if it is written out. */
    private @Nullable Literal literal() {
        Token value = peek();
        if (value.is("function")) {
            return new Literal(Literal.Shape.FUNCTION, "");
        }
        if (value.is("{")) {
            return new Literal(Literal.Shape.TABLE, tokens.second().is("}") ? "{}" : "");
        }
        boolean negative = value.is("-") && tokens.second().kind() == Kind.NUMBER;
        if (!endsField(negative ? tokens.third() : tokens.second())) {
            return null;
        }
        if (negative) {
            return new Literal(Literal.Shape.NUMBER, "-" + tokens.second().text());
        }
        return switch (value.kind()) {
            case STRING ->
                    value.text().equals(ESCAPED)
                            ? null
                            : new Literal(Literal.Shape.TEXT, value.text());
            case NUMBER -> new Literal(Literal.Shape.NUMBER, value.text());
            case KEYWORD ->
                    value.is("true") || value.is("false")
                            ? new Literal(Literal.Shape.BOOLEAN, value.text())
                            : null;
            case NAME, SYMBOL, END -> null;
        };
    }

    private static boolean endsField(Token token) {
        return token.is(",") || token.is(";") || token.is("}");
    }

    /** Parameters and body, after {@code function} and its name. */
    private void function(boolean guarded) {
        int before = dead;
        Set<String> outer = readHere;
        readHere = new HashSet<>();
        guards += guarded ? 1 : 0;
        functions++;
        scopes.enter();
        declare("self");
        takes("(");
        while (!peek().is(")") && peek().kind() != Kind.END) {
            Token parameter = take();
            if (parameter.kind() == Kind.NAME) {
                declare(parameter.text());
            }
        }
        takes(")");
        statements();
        takes("end");
        scopes.leave();
        guards -= guarded ? 1 : 0;
        functions--;
        readHere = outer;
        dead = before;
    }
}

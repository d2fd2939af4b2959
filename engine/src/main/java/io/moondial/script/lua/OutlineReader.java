package io.moondial.script.lua;

import io.moondial.script.lua.Outline.Mention;
import io.moondial.script.lua.Outline.Reach;
import io.moondial.script.lua.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through source that compiles (so its grammar is not checked again), and notes what it
 * names. Variables are told apart by their scopes.
 */
final class OutlineReader {
    /** The table of the globals; where a chunk puts another there, nobody knows their names. */
    private static final String ENVIRONMENT = "_ENV";

    private static final Set<String> GUARDS = Set.of("pcall", "xpcall");

    /** What of {@code _G} itself may be given to, without that it defines anything. */
    private static final Set<String> READERS_OF_G =
            Set.of("rawget", "pairs", "next", "type", "rawlen");

    private static final Map<String, int[]> BINARY = binary();
    private static final int UNARY = 12;

    /** A local variable: what stands for it as long as nothing else is assigned to it. */
    private static final class Variable {
        @Nullable String library;
        boolean secret;
        boolean assigned;
    }

    /**
     * An expression, as far as it matters what it is.
     *
     * @param name of a global; the constant key of a field; the text of a string
     * @param library what the value is, or of a field what holds it: a module's or a global's name
     * @param variable the local variable that it is, or that holds the field
     */
    private record Value(
            Type type, String name, @Nullable String library, @Nullable Variable variable, int at) {
        enum Type {
            GLOBAL,
            LOCAL,
            FIELD,
            STRING,
            SECRET,
            OTHER
        }

        boolean isGlobal(String wanted) {
            return type == Type.GLOBAL && name.equals(wanted);
        }

        /** Whether it is this function of a library, whatever the library's variable is called. */
        boolean isFunction(String of, String wanted) {
            return type == Type.FIELD && of.equals(library) && name.equals(wanted);
        }
    }

    /** A field whose library is known only if its variable is never assigned to. */
    private record Tentative(Variable variable, Outline.Field field) {}

    private final List<Token> tokens;
    private final Outline outline;
    private final Deque<Map<String, Variable>> scopes = new ArrayDeque<>();
    private final List<Tentative> tentative = new ArrayList<>();

    /** The globals read in the statement so far, outside of functions in it. */
    private Set<String> readHere = new HashSet<>();

    private int at;
    private int conditions;
    private int guards;
    private int dead;

    OutlineReader(SourceText source) {
        this.tokens = Token.of(source);
        this.outline = new Outline(source);
    }

    Outline read() {
        block();
        tentative.stream()
                .filter(it -> !it.variable().assigned)
                .forEach(it -> outline.fieldsRead.add(it.field()));
        long words = tokens.stream().filter(OutlineReader::isRequire).count();
        outline.requiresOthers |= words > outline.modulesRequired.size();
        return outline;
    }

    /** As a name or a text: what is kept under another name can be called with any module's. */
    private static boolean isRequire(Token token) {
        return (token.kind() == Kind.NAME || token.kind() == Kind.STRING)
                && token.text().equals("require");
    }

    private static Map<String, int[]> binary() {
        Map<String, int[]> priorities = new HashMap<>();
        priorities.put("or", new int[] {1, 1});
        priorities.put("and", new int[] {2, 2});
        for (String comparison : List.of("<", ">", "<=", ">=", "~=", "==")) {
            priorities.put(comparison, new int[] {3, 3});
        }
        priorities.put("..", new int[] {9, 8});
        priorities.put("+", new int[] {10, 10});
        priorities.put("-", new int[] {10, 10});
        priorities.put("*", new int[] {11, 11});
        priorities.put("/", new int[] {11, 11});
        priorities.put("%", new int[] {11, 11});
        priorities.put("^", new int[] {14, 13});
        return priorities;
    }

    // ---- tokens

    private Token peek() {
        return tokens.get(at);
    }

    private Token take() {
        return tokens.get(at < tokens.size() - 1 ? at++ : at);
    }

    private boolean takes(String wanted) {
        if (peek().is(wanted)) {
            at++;
            return true;
        }
        return false;
    }

    private boolean endsBlock() {
        Token next = peek();
        return next.kind() == Kind.END
                || next.is("end")
                || next.is("else")
                || next.is("elseif")
                || next.is("until");
    }

    // ---- statements

    private void block() {
        scopes.push(new HashMap<>());
        statements();
        scopes.pop();
    }

    /** Whether it surely returns. What follows a statement that surely returns is dead. */
    private boolean statements() {
        int before = dead;
        boolean returns = false;
        while (!endsBlock()) {
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
                    scopes.push(new HashMap<>());
                    boolean returns = statements();
                    scopes.pop();
                    takes("end");
                    return returns;
                }
                case "while" -> {
                    boolean never = isConstant(false);
                    expression();
                    takes("do");
                    dead += never ? 1 : 0;
                    block();
                    dead -= never ? 1 : 0;
                    takes("end");
                }
                case "repeat" -> {
                    scopes.push(new HashMap<>());
                    statements();
                    takes("until");
                    expression();
                    scopes.pop();
                }
                case "if" -> ifStatement();
                case "for" -> forStatement();
                case "function" -> functionStatement();
                case "local" -> local();
                case "return" -> {
                    if (!endsBlock() && !peek().is(";")) {
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
            at--;
            callOrAssignment();
        }
        return false;
    }

    /** Whether a condition is written as a constant that is true, or false. */
    private boolean isConstant(boolean wanted) {
        Token next = tokens.get(Math.min(at + 1, tokens.size() - 1));
        boolean alone = next.is("then") || next.is("do");
        return alone && (wanted ? peek().is("true") : peek().is("false") || peek().is("nil"));
    }

    private void ifStatement() {
        boolean decided = false;
        do {
            boolean never = decided || isConstant(false);
            boolean always = isConstant(true);
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
        scopes.push(new HashMap<>());
        names.forEach(name -> declare(name));
        statements();
        scopes.pop();
        takes("end");
    }

    private void functionStatement() {
        Token name = take();
        if (peek().is(".") || peek().is(":")) {
            use(name(name), false);
            while (!peek().is("(")) {
                take();
            }
        } else {
            define(name(name));
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
                hold(variable, values.get(i));
            }
        }
    }

    private Variable declare(String name) {
        outline.definesOthers |= name.equals(ENVIRONMENT);
        Variable variable = new Variable();
        scope().put(name, variable);
        return variable;
    }

    private Map<String, Variable> scope() {
        return scopes.element();
    }

    /** What a variable is given first. */
    private static void hold(Variable variable, Value value) {
        variable.secret |= value.type() == Value.Type.SECRET;
        switch (value.type()) {
            case GLOBAL -> variable.library = value.name();
            case OTHER -> variable.library = value.library();
            case LOCAL, FIELD, STRING, SECRET -> {}
        }
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
                }
            }
            case STRING, SECRET, OTHER -> {}
        }
    }

    private void defineGlobal(String name) {
        outline.definesOthers |= name.equals(ENVIRONMENT);
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
            expression(UNARY);
            left = other(operator.at());
        } else {
            left = simple();
        }
        int[] priority = BINARY.get(operator());
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
            left = other(operator.at());
            priority = BINARY.get(operator());
        }
        return left;
    }

    private String operator() {
        Token next = peek();
        return next.kind() == Kind.SYMBOL || next.kind() == Kind.KEYWORD ? next.text() : "";
    }

    private void compose(Value operand) {
        Variable variable = operand.variable();
        if (operand.type() == Value.Type.LOCAL && variable != null && variable.secret) {
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
        return other(next.at());
    }

    private static Value other(int at) {
        return new Value(Value.Type.OTHER, "", null, null, at);
    }

    private Value name(Token token) {
        for (Map<String, Variable> scope : scopes) {
            Variable variable = scope.get(token.text());
            if (variable != null) {
                return new Value(Value.Type.LOCAL, token.text(), null, variable, token.at());
            }
        }
        return new Value(Value.Type.GLOBAL, token.text(), null, null, token.at());
    }

    /**
     * A name or a parenthesis with what follows it: fields, indices, calls.
     *
     * @param maybeTarget whether something may be assigned to it; then its last part is not read
     */
    private Value suffixed(boolean maybeTarget) {
        Token first = take();
        Value value;
        if (first.is("(")) {
            Value inner = expression();
            takes(")");
            value = inner.type() == Value.Type.STRING ? inner : other(first.at());
        } else {
            value = name(first);
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
                use(value, false);
                call(value, "format".equals(method.text()));
                value = other(first.at());
            } else if (next.is("(") || next.is("{") || next.kind() == Kind.STRING) {
                use(value, true);
                value = call(value, value.isFunction("string", "format"));
            } else {
                break;
            }
        }
        boolean target = maybeTarget && (peek().is("=") || peek().is(","));
        if (!target) {
            use(value, false);
        }
        return value;
    }

    private Value index(Value holder, Value key) {
        if (key.type() == Value.Type.STRING) {
            return field(holder, key.name(), key.at());
        }
        if (holder.isGlobal("_G")) {
            outline.definesOthers = true;
        }
        use(holder, false);
        return other(holder.at());
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
            use(holder, false);
        }
        return library == null
                ? other(keyAt)
                : new Value(
                        Value.Type.FIELD,
                        key,
                        library,
                        holder.type() == Value.Type.LOCAL ? variable : null,
                        keyAt);
    }

    /** Notes that a value is read. */
    private void use(Value value, boolean called) {
        switch (value.type()) {
            case GLOBAL -> readGlobal(value.name(), value.at());
            case FIELD -> {
                String library = String.valueOf(value.library());
                if (library.equals("_G") && value.variable() == null) {
                    readGlobal(value.name(), value.at());
                    return;
                }
                Outline.Field field =
                        new Outline.Field(library, called, mention(value.name(), value.at()));
                if (value.variable() == null) {
                    outline.fieldsRead.add(field);
                } else {
                    tentative.add(new Tentative(value.variable(), field));
                }
            }
            case LOCAL, STRING, SECRET, OTHER -> {}
        }
    }

    private void readGlobal(String name, int place) {
        readHere.add(name);
        if (name.equals("_G") || name.equals(ENVIRONMENT) || name.equals("load")) {
            outline.definesOthers = true;
            return;
        }
        outline.globalsRead.add(mention(name, place));
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

    /** The arguments of a call, and what it gives. */
    private Value call(Value callee, boolean composes) {
        Token open = take();
        boolean guarding = callee.type() == Value.Type.GLOBAL && GUARDS.contains(callee.name());
        List<Value> arguments = new ArrayList<>();
        boolean secret = false;
        if (open.kind() == Kind.STRING) {
            arguments.add(new Value(Value.Type.STRING, open.text(), null, null, open.at()));
        } else if (open.is("{")) {
            at--;
            table();
        } else {
            while (!peek().is(")") && peek().kind() != Kind.END) {
                if (peek().is("{")) {
                    secret |= table();
                } else if (peek().is("function") && guarding) {
                    take();
                    function(true);
                } else {
                    arguments.add(argument(callee));
                }
                takes(",");
            }
            takes(")");
        }
        if (composes) {
            arguments.forEach(this::compose);
        }
        return result(callee, arguments, secret, open.at());
    }

    /** An argument; {@code _G} given to what only reads it defines nothing. */
    private Value argument(Value callee) {
        boolean ofG = peek().kind() == Kind.NAME && peek().text().equals("_G");
        Token behind = tokens.get(Math.min(at + 1, tokens.size() - 1));
        boolean alone = behind.is(",") || behind.is(")");
        if (ofG && alone && callee.type() == Value.Type.GLOBAL) {
            if (READERS_OF_G.contains(callee.name()) || callee.name().equals("rawset")) {
                return name(take());
            }
        }
        return expression();
    }

    private Value result(Value callee, List<Value> arguments, boolean secret, int place) {
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
            Value key = arguments.size() > 1 ? arguments.get(1) : other(place);
            if (key.type() == Value.Type.STRING) {
                outline.globalsDefined.add(key.name());
            } else {
                outline.definesOthers = true;
            }
        }
        return secret && callee.isFunction("ussd", "menu")
                ? new Value(Value.Type.SECRET, "", null, null, place)
                : other(place);
    }

    private Value required(@Nullable Value name, int place) {
        if (name == null || name.type() != Value.Type.STRING || name.name().equals("\\")) {
            outline.requiresOthers = true;
            return other(place);
        }
        outline.modulesRequired.add(mention(name.name(), name.at()));
        return new Value(Value.Type.OTHER, "", name.name(), null, place);
    }

    /** A table constructor; whether it has a field {@code secret = true}. */
    private boolean table() {
        take();
        boolean secret = false;
        while (!peek().is("}") && peek().kind() != Kind.END) {
            Token second = tokens.get(Math.min(at + 1, tokens.size() - 1));
            if (peek().kind() == Kind.NAME && second.is("=")) {
                String key = take().text();
                take();
                secret |= key.equals("secret") && peek().is("true");
            } else if (takes("[")) {
                expression();
                takes("]");
                takes("=");
            }
            expression();
            if (!takes(",")) {
                takes(";");
            }
        }
        takes("}");
        return secret;
    }

    /** Parameters and body, behind {@code function} and its name. */
    private void function(boolean guarded) {
        int before = dead;
        Set<String> outer = readHere;
        readHere = new HashSet<>();
        guards += guarded ? 1 : 0;
        scopes.push(new HashMap<>());
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
        scopes.pop();
        guards -= guarded ? 1 : 0;
        readHere = outer;
        dead = before;
    }
}

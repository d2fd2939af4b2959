package io.moondial.admin;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/session}: logging in with a password, who is logged in, and logging out. */
final class SessionResource implements Resource {
    static final String COOKIE = "moondial_session";

    private static final String PATH = "/v1/session";

    private final Logins logins;
    private final Sessions sessions;
    private final Audit audit;
    private final boolean usersNamed;

    /**
     * That of a server.
     *
     * @param usersNamed whether the rules name a file of users
     */
    SessionResource(Logins logins, Sessions sessions, Audit audit, boolean usersNamed) {
        this.audit = audit;
        this.logins = logins;
        this.sessions = sessions;
        this.usersNamed = usersNamed;
    }

    @Override
    public void declare(Routes routes) {
        routes.post(PATH, Role.NONE, this::logIn);
        routes.get(PATH, Role.VIEWER, this::whoAmI);
        routes.delete(PATH, Role.VIEWER, this::logOut);
    }

    private Answer logIn(Call call) throws Refusal, InterruptedException {
        call.allow();
        Call.Fields body = call.fields("user", "password");
        String name = body.text("user");
        String password = body.text("password");
        if (name == null || password == null) {
            throw Refusal.badRequest("the body must have the texts user and password");
        }
        UsersFile.User user;
        try {
            user = known(name, password, call.visit().address());
        } catch (Refusal e) {
            audit.refused("login", call.visit().from(), "POST " + PATH, e);
            throw e;
        }
        sessions.end(call.visit().session()); // whoever planted it does not share the new one
        String id = sessions.begin(user);
        Caller caller = new Caller(user.name(), user.role());
        audit.loggedIn(caller, call.visit().from());
        return new Answer.WithHeaders(
                session(call, caller),
                Map.of("Set-Cookie", cookie(id, call.visit().protectedByTls(), "")));
    }

    private UsersFile.User known(String name, String password, String address)
            throws Refusal, InterruptedException {
        if (!usersNamed) {
            throw Refusal.of(
                    401, "nobody can log in: the rules name no file of users (admin: users)");
        }
        return logins.logIn(name, password, address);
    }

    private static String cookie(String value, boolean secure, String further) {
        return "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s"
                .formatted(COOKIE, value, secure ? "; Secure" : "", further);
    }

    private Answer whoAmI(Call call) throws Refusal {
        call.allow();
        return session(call, call.caller());
    }

    private static Answer session(Call call, Caller caller) {
        ObjectNode answer = call.json().createObjectNode();
        answer.put("name", caller.name());
        answer.put("role", caller.role().word());
        return Answer.json(answer);
    }

    private Answer logOut(Call call) throws Refusal {
        call.allow();
        String session = call.visit().session();
        sessions.end(session);
        return session == null
                ? new Answer.Empty()
                : new Answer.WithHeaders(
                        new Answer.Empty(),
                        Map.of(
                                "Set-Cookie",
                                cookie("", call.visit().protectedByTls(), "; Max-Age=0")));
    }
}

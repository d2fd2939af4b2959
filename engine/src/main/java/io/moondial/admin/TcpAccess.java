package io.moondial.admin;

import io.moondial.admin.UsersFile.User;
import io.moondial.config.HostPort;
import io.moondial.metrics.Counters;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Who may call over TCP: programs with a token, people with a session. What a browser adds by
 * itself proves nothing of whoever made the page, so a request with a cookie must come from this
 * console.
 */
final class TcpAccess implements Access {
    private static final Pattern BEARER =
            Pattern.compile("(?i:bearer) +([A-Za-z0-9_.~+/=-]{1,200})");
    private static final Pattern BASIC = Pattern.compile("(?i:basic)(?: |$)");
    private static final Pattern ORIGIN = Pattern.compile("(https?)://([^/@?#\\s]{1,300})");
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private final AdminSettings settings;
    private final boolean tls;
    private final Users users;
    private final Sessions sessions;
    private final Counters counters;
    private final Audit audit;

    /** The names by which it may be called; null: by any. */
    private final @Nullable Set<String> names;

    TcpAccess(
            AdminSettings settings,
            HostPort listen,
            Users users,
            Sessions sessions,
            Counters counters,
            Audit audit) {
        this.settings = settings;
        this.tls = settings.tls() != null;
        this.users = users;
        this.sessions = sessions;
        this.counters = counters;
        this.audit = audit;
        if (listen.isOfThisMachine()) {
            names = new HashSet<>(THIS_MACHINE);
            String host = listen.host().toLowerCase(Locale.ROOT);
            names.add(host.contains(":") ? "[" + host + "]" : host);
            settings.hosts().forEach(it -> names.add(it.toLowerCase(Locale.ROOT)));
        } else {
            names = null;
        }
    }

    @Override
    public void requireHost(Request request) throws Refusal {
        List<String> hosts = request.getHeaders().getValuesList(HttpHeader.HOST);
        Optional<String> name = hosts.size() == 1 ? hostOf(hosts.getFirst()) : Optional.empty();
        if (name.isEmpty() || (names != null && !names.contains(name.get()))) {
            counters.increment("admin.refused.host");
            throw Refusal.of(
                    421,
                    "the header Host names another host; a name by which this one is called belongs into admin: hosts");
        }
    }

    private static Optional<String> hostOf(String authority) {
        Matcher form = AUTHORITY.matcher(authority.toLowerCase(Locale.ROOT));
        return form.matches() ? Optional.of(form.group(1)) : Optional.empty();
    }

    @Override
    public Visitor visitor(Request request) throws Refusal {
        boolean protectedByTls = tls || origin(request).startsWith("https://");
        List<String> given = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (!given.isEmpty()) {
            Matcher bearer = BEARER.matcher(given.getFirst());
            Optional<User> user =
                    given.size() == 1 && bearer.matches()
                            ? users.withToken(bearer.group(1))
                            : Optional.empty();
            if (user.isEmpty()) {
                counters.increment("admin.refused.token");
                Refusal refusal =
                        Refusal.of(
                                401,
                                given.size() == 1 && BASIC.matcher(given.getFirst()).lookingAt()
                                        ? "this takes a token (Authorization: Bearer) or a session (POST /v1/session), not a user and a password with each request (Basic)"
                                        : "there is no such token");
                audit.refused("token", from(request), request.getMethod(), refusal);
                throw refusal;
            }
            return new Visitor(
                    caller(user.get()), null, false, protectedByTls, () -> users.has(user.get()));
        }
        String session = session(request);
        Optional<User> user = sessions.user(session);
        return new Visitor(
                user.map(TcpAccess::caller).orElse(Caller.NOBODY),
                user.isPresent() ? session : null,
                true,
                protectedByTls,
                user.isPresent() ? () -> sessions.isThere(session) : () -> true);
    }

    private static Caller caller(User user) {
        return new Caller(user.name(), user.role());
    }

    private static @Nullable String session(Request request) {
        for (HttpCookie cookie : Request.getCookies(request)) {
            if (cookie.getName().equals(SessionResource.COOKIE)) {
                return cookie.getValue();
            }
        }
        return null;
    }

    @Override
    public void requireOrigin(Request request, Visitor visitor, String what) throws Refusal {
        if (!visitor.byBrowser()) {
            return;
        }
        List<String> origins = request.getHeaders().getValuesList(HttpHeader.ORIGIN);
        String site = request.getHeaders().get("Sec-Fetch-Site");
        boolean good;
        if (!origins.isEmpty()) {
            good =
                    origins.size() == 1
                            && isOwn(origins.getFirst(), request)
                            && (site == null || site.equals("same-origin"));
        } else if (site != null) {
            good = site.equals("same-origin");
        } else {
            good = visitor.session() == null; // no browser: it would say one of them
        }
        if (!good) {
            throw foreign(request, what);
        }
    }

    @Override
    public void requireSameSite(Request request, String what) throws Refusal {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if (site != null && (site.equals("cross-site") || site.equals("same-site"))) {
            throw foreign(request, what);
        }
    }

    private Refusal foreign(Request request, String what) {
        counters.increment("admin.refused.origin");
        Refusal refusal =
                Refusal.of(
                        403,
                        "the page that asks for this is not the console of this engine (Origin, Sec-Fetch-Site); behind a proxy, its name belongs into admin: hosts");
        audit.refused("origin", from(request), what, refusal);
        return refusal;
    }

    private boolean isOwn(String origin, Request request) {
        Matcher form = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            return false;
        }
        String authority = form.group(2);
        String host = request.getHeaders().get(HttpHeader.HOST);
        boolean same =
                host != null
                        && withPort(authority, form.group(1))
                                .equals(withPort(host.toLowerCase(Locale.ROOT), form.group(1)));
        return same
                || hostOf(authority)
                        .filter(it -> settings.hosts().stream().anyMatch(it::equalsIgnoreCase))
                        .isPresent();
    }

    private static String withPort(String authority, String scheme) {
        boolean has = authority.matches(".*:[0-9]+");
        return has ? authority : authority + (scheme.equals("https") ? ":443" : ":80");
    }

    private static String origin(Request request) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        return origin == null ? "" : origin.toLowerCase(Locale.ROOT);
    }

    @Override
    public void requireRole(Request request, Visitor visitor, Routes.Route route, String what)
            throws Refusal {
        Role has = visitor.caller().role();
        if (has.mayDo(route.role())
                || (settings.metrics() == AdminSettings.Metrics.OPEN
                        && route.template().equals("/metrics"))) {
            return;
        }
        Refusal refusal;
        if (has == Role.NONE) {
            counters.increment("admin.refused.login");
            refusal = Refusal.of(401, "log in first, or send a token (Authorization: Bearer)");
        } else {
            counters.increment("admin.refused.role");
            refusal =
                    Refusal.of(
                            403,
                            "this needs the role %s; %s has the role %s"
                                    .formatted(
                                            route.role().word(),
                                            visitor.caller().name(),
                                            has.word()));
        }
        audit.refused(has == Role.NONE ? "login" : "role", from(request), what, refusal);
        throw refusal;
    }

    @Override
    public String from(Request request) {
        return Request.getRemoteAddr(request) + ":" + Request.getRemotePort(request);
    }
}

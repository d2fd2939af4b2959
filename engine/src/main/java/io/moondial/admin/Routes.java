package io.moondial.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the interface answers. A path is a template such as {@code /v1/dialogs/{instance_id}}: a
 * part in braces takes one segment, decoded.
 */
public final class Routes {
    private final List<Route> routes = new ArrayList<>();

    /** Answers a call; it may block: it runs on a virtual thread. */
    @FunctionalInterface
    public interface Action {
        Answer answer(Call call) throws Refusal, InterruptedException;
    }

    /**
     * One route.
     *
     * @param role the least that a caller needs
     */
    record Route(String method, String template, Role role, Action action) {
        /** The values of the parts in braces; empty if the path is another. */
        Optional<Map<String, String>> match(List<String> segments) {
            String[] parts = template.substring(1).split("/", -1);
            if (parts.length != segments.size()) {
                return Optional.empty();
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < parts.length; i++) {
                String part = parts[i];
                if (part.startsWith("{")) {
                    values.put(part.substring(1, part.length() - 1), segments.get(i));
                } else if (!part.equals(segments.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(values);
        }
    }

    /** A route and the values of its path. */
    record Found(Route route, Map<String, String> path) {}

    Routes() {}

    /** Reads something. */
    public void get(String template, Role role, Action action) {
        routes.add(new Route("GET", template, role, action));
    }

    /** Reads something that anybody may see, without a login. */
    public void open(String template, Action action) {
        routes.add(new Route("GET", template, Role.NONE, action));
    }

    /** Does something. */
    public void post(String template, Role role, Action action) {
        routes.add(new Route("POST", template, role, action));
    }

    /** Ends or removes something. */
    public void delete(String template, Role role, Action action) {
        routes.add(new Route("DELETE", template, role, action));
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    Optional<Found> find(String method, List<String> segments) {
        for (Route route : routes) {
            if (route.method().equals(method)) {
                Optional<Map<String, String>> values = route.match(segments);
                if (values.isPresent()) {
                    return Optional.of(new Found(route, values.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** The methods that a path has; empty if there is no such path. */
    Set<String> methods(List<String> segments) {
        Set<String> methods = new TreeSet<>();
        for (Route route : routes) {
            if (route.match(segments).isPresent()) {
                methods.add(route.method());
            }
        }
        return methods;
    }
}

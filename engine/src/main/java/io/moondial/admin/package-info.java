/**
 * How people and programs see a running engine and act on it: {@code /v1} over HTTP, metrics,
 * health and the console. Jetty's types stay inside.
 */
@NullMarked
package io.moondial.admin;

import org.jspecify.annotations.NullMarked;

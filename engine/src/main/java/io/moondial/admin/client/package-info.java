/**
 * The other end of the interface: how a command asks a running engine. Jetty's client stays inside.
 */
@NullMarked
package io.moondial.admin.client;

import org.jspecify.annotations.NullMarked;

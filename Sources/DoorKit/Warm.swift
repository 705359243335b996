import NIOCore
import NIOPosix
import ServiceLifecycle

enum Warm {}

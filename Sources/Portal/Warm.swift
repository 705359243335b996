import Hummingbird
import Mustache

enum Warm {}

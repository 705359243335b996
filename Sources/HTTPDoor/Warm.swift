import NIOHTTP1

enum Warm {}

"""The real web process without limits on how often one person may ask, which would answer for everything else.

Static files are not collected for it: pages name them as they are.
"""

import sys

from django.conf import settings

from emojiforge import server

settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(("read", "write", "spend"), "1000000000/min")
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

if __name__ == "__main__":
    sys.exit(server.main())

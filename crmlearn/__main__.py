from crmlearn.cli import main

raise SystemExit(main())

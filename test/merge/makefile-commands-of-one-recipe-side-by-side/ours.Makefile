.PHONY: build test

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build
	npm ci --ignore-scripts
	npm test
	npm run lint
